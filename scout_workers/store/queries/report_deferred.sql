-- Why analyses are deferred: by reason, with the words of one of them.
SELECT error_class, count(*), min(error_detail), min(started_at)
FROM scout.analyses
WHERE state = 'deferred'
GROUP BY error_class
ORDER BY count(*) DESC
