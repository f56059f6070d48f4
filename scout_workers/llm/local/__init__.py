"""The provider without a key: real measurements of a real image, in honest words.

    frame         the picture at the one size everything is measured at
    exposure colour structure sharpness haze glitch phash      one measurement each, pure functions
    view comparison obstruction                                against earlier pictures
    illumination background difference light regions changes   what changed
    verdict findings words report                              from numbers to an answer

docs/local-provider.md has the thresholds, what they were tried on, and what came of it.
"""

from scout_workers.llm.local.provider import LocalProvider

__all__ = ["LocalProvider"]
