"""The background engine of Scout: vision-model work for cameras on Dramatiq and Postgres."""

__version__ = "0.1.0"
