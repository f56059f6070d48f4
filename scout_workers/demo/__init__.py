"""A day of one yard camera, made on the spot and worked through before your eyes."""
