"""A folder of pictures becomes captures: read, dated, stored and enqueued, each once."""
