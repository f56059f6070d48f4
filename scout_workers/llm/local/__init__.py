"""The provider without a key: real measurements of a real image, in honest words."""
