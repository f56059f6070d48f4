"""What is answered: of the shape that was asked for, about what was sent, always the same."""

from __future__ import annotations

from scout_workers.fake_llm.writing.answer import written
from scout_workers.fake_llm.writing.documents import document

__all__ = ["document", "written"]
