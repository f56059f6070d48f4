"""What surrounds every message: one class a file."""
