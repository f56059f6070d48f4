"""Where a stuck thread is can be asked although garbage is about to be collected."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOOK = """
import gc, sys, threading
from scout_workers.middleware.zombies import frame_of

class Holder:
    pass

stay = threading.Event()
for _ in range(20):
    threading.Thread(target=stay.wait, daemon=True).start()
gc.disable()
gc.collect()
for _ in range(20):
    holder = Holder()
    holder.me, holder.local = holder, threading.local()
    holder.local.value = 1
del holder
gc.set_threshold(gc.get_count()[0] + 5)  # as the fifth of the frames is listed
gc.enable()
LOOK
assert gc.isenabled()
"""


def _come_back(look: str, seconds: float) -> bool:
    code = LOOK.replace("LOOK", look)
    try:
        subprocess.run([sys.executable, "-c", code], check=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def test_a_look_at_a_thread_comes_back_whatever_is_collected_meanwhile() -> None:
    assert _come_back("assert frame_of(threading.main_thread())", 60)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Python itself was mended in 3.12")
def test_control_pythons_own_list_of_frames_stops_every_thread_for_ever() -> None:
    assert not _come_back("sys._current_frames()", 4)
