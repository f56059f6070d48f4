"""The doors a person uses."""
