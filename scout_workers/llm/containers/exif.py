"""The one EXIF tag that changes a picture: which way is up."""

from __future__ import annotations

import struct

UPRIGHT = 1
_ORIENTATION_TAG = 0x0112
_SHORT = 3
_ENTRY = 12
_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}


def orientation(exif: bytes) -> int:
    """Return the orientation (1 to 8) an EXIF block tells, 1 where it tells none or makes no sense.

    Cameras write broken EXIF often, and a picture is worth keeping whatever its EXIF looks like:
    nothing here is an error.

    Args:
        exif: The block from its TIFF header on, with or without the "Exif" signature before it.
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order = _BYTE_ORDERS.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (entries,) = struct.unpack_from(order + "H", tiff, start)
        for index in range(entries):
            tag, kind, count, value = struct.unpack_from(
                order + "HHIH", tiff, start + 2 + _ENTRY * index
            )
            if tag == _ORIENTATION_TAG:
                told = kind == _SHORT and count == 1 and value in range(1, 9)
                return value if told else UPRIGHT
    except struct.error:
        return UPRIGHT
    return UPRIGHT
