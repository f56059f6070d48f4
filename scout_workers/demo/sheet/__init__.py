"""The contact sheet: every picture beside what was said of it, in one HTML file."""

from scout_workers.demo.sheet.cards import Card, Summary, dollars, thumbnail
from scout_workers.demo.sheet.days import Day, Finding, Hour
from scout_workers.demo.sheet.html import page

__all__ = ["Card", "Day", "Finding", "Hour", "Summary", "dollars", "page", "thumbnail"]
