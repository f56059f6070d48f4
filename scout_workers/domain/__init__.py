"""What Scout talks about: frozen dataclasses and pure decisions, standard library only."""
