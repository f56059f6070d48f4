"""The queues there are; how many slots each has stands in settings/queues.toml."""

PROCESSING = "processing"
BACKFILL = "backfill"
DEFAULT = "default"
EVENTS = "events"
EMBEDDINGS = "embeddings"
SCHEDULED = "scheduled"
SUMMARY_GENERATION = "summary_generation"
INSIGHTS = "insights"
PROFILE_GENERATION = "profile_generation"

LIVE = PROCESSING, DEFAULT, EVENTS
"""Where live captures wait, and behind them what tells of them. History's events wait there too."""
