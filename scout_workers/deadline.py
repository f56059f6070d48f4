"""One budget of time an attempt, carried to every socket (written by its middleware)."""
