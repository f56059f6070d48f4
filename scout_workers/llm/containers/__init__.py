"""What lies around the pixels of a JPEG, PNG or WEBP, read without decoding any of them.

We walk each container ourselves, before Pillow sees it, for three reasons: sizes are checked
before anything is allocated; Pillow is handed only the parts that hold pixels, so metadata can
neither travel on nor trip its parsers; and Pillow's warnings (which it gives for bombs, malformed
EXIF and malformed animations) have nothing left to warn of. `warnings.catch_warnings` would be no
guard here: before Python 3.14 it swaps a process-wide list and is not safe among threads.
"""

from scout_workers.llm.containers.container import Container, ImageFormat, cut_off, damaged
from scout_workers.llm.containers.reader import read

__all__ = ["Container", "ImageFormat", "cut_off", "damaged", "read"]
