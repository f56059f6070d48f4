"""The writer without a key: sentences from facts, that say no more than was counted or measured.

phrases       numbers, times and lists, as people say them
flags         what a mark of the measuring eye means, and when it was so
happenings    what happened when: the moments, the same ones put together
summary       an hour's or a day's summary
"""

from scout_workers.llm.local.writer.insights import insights_text
from scout_workers.llm.local.writer.summary import summary_text

__all__ = ["insights_text", "summary_text"]
