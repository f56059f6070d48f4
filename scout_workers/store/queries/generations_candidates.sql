-- Pictures that samples may be chosen from: the newest of each local hour of the day, so that no
-- hour crowds out another, newest first. Only the last thirty days of pictures, however long ago
-- they are, and no more rows than the index gives quickly.
SELECT id, bucket, key, local_time
FROM (
    SELECT id, bucket, key, captured_at, captured_at AT TIME ZONE %(time_zone)s AS local_time,
           row_number() OVER (
               PARTITION BY extract(hour FROM captured_at AT TIME ZONE %(time_zone)s)
               ORDER BY captured_at DESC, id DESC
           ) AS nth
    FROM (
        SELECT id, bucket, key, captured_at, max(captured_at) OVER () AS newest
        FROM scout.captures
        WHERE organization_id = %(organization_id)s AND camera_id = %(camera_id)s
          AND state IN ('readable', 'received')
        ORDER BY captured_at DESC, id DESC
        LIMIT 5000
    ) AS latest
    WHERE captured_at > newest - interval '30 days'
) AS hourly
WHERE nth <= %(an_hour)s
ORDER BY captured_at DESC, id DESC
LIMIT %(limit)s
