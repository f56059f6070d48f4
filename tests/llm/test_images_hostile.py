"""Bytes bent on harm: nothing but ImageError comes out, no warning, no flag of Pillow's moves."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from fix_pictures import encoded, gradient, noise, orientation_exif, with_exif
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from scout_workers import deadline
from scout_workers.llm import images, large
from scout_workers.llm.protocol import ImageError, PreparedImage

PICTURE = """
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from PIL import Image
from scout_workers.llm import images, large
file = BytesIO()
Image.new("RGBA", (5000, 5000), (9, 9, 9, 200)).save(file, "PNG")
picture = file.getvalue()
del file
"""
MEMORY = (
    PICTURE
    + """
def peak(threads):
    with open("/proc/self/clear_refs", "w") as high_water_mark:
        high_water_mark.write("5")
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(images.prepare, [picture] * threads))
    with open("/proc/self/status") as status:
        print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
peak(1)
peak(8)
images.large.in_turn = lambda work: work()
peak(8)
"""
)
FORK = (
    PICTURE
    + """
import os
images.prepare(picture)
child = os.fork()
if child == 0:
    os._exit(0 if images.prepare(picture).width == 1568 else 1)
os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
)
SEEDS = [
    with_exif(encoded(gradient(48, 40)), orientation_exif(6)),
    encoded(gradient(48, 40), progressive=True),
    encoded(gradient(48, 40).convert("CMYK")),
    encoded(gradient(48, 40), "PNG"),
    encoded(gradient(48, 40).convert("P"), "PNG", transparency=2),
    encoded(gradient(48, 40), "WEBP"),
    encoded(gradient(48, 40).convert("RGBA"), "WEBP", exif=orientation_exif(3)),
    encoded(gradient(48, 40), "WEBP", lossless=True),
]


def prepared_or_refused(data: bytes) -> PreparedImage | ImageError:
    try:
        return images.prepare(data)
    except ImageError as error:
        return error


@settings(max_examples=400, deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=6)), max_size=8
    ),
    length=st.floats(0, 1),
)
def test_a_bent_image_is_prepared_or_refused_and_nothing_else(
    seed: bytes, changes: list[tuple[float, bytes]], length: float
) -> None:
    data = bytearray(seed)
    for place, patch in changes:
        start = int(place * len(data))
        data[start : start + len(patch)] = patch

    outcome = prepared_or_refused(bytes(data[: round(len(data) * length)]))

    if isinstance(outcome, ImageError):
        assert outcome.detail
        assert "\n" not in outcome.detail
    else:
        assert max(outcome.width, outcome.height) <= 1568


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_any_bytes_at_all_are_refused_with_a_sentence(tail: bytes, head: bytes) -> None:
    outcome = prepared_or_refused(head + tail)

    assert isinstance(outcome, ImageError)
    assert outcome.detail


def test_sixty_three_threads_prepare_good_and_bad_images_side_by_side() -> None:
    good, cut = encoded(gradient(640, 360)), encoded(gradient(640, 360))[:3000]
    before = (ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS)

    with ThreadPoolExecutor(63) as threads:
        outcomes = list(threads.map(prepared_or_refused, [good, cut] * 63))

    assert before == (ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS)
    assert {type(outcome) for outcome in outcomes[::2]} == {PreparedImage}
    assert {type(outcome) for outcome in outcomes[1::2]} == {ImageError}
    assert (
        len({outcome.jpeg for outcome in outcomes[::2] if isinstance(outcome, PreparedImage)}) == 1
    )


@pytest.mark.heavy
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="measured as Linux does")
def test_large_pictures_take_turns_and_so_do_not_add_up_in_memory() -> None:
    measured = subprocess.run([sys.executable, "-c", MEMORY], check=True, capture_output=True)
    alone, together, without_turns = map(int, measured.stdout.split())

    assert together < 1.5 * alone
    assert without_turns > 3 * alone, "the control: without turns they do add up"


def test_a_large_picture_waits_for_its_turn_no_longer_than_the_deadline() -> None:
    picture = encoded(Image.new("L", (4000, 2600)), "PNG")
    begun, done = threading.Event(), threading.Event()

    def hold() -> bool:
        begun.set()
        return done.wait(30)

    with ThreadPoolExecutor(1) as threads:
        holder = threads.submit(large.in_turn, hold)
        assert begun.wait(10)
        try:
            with deadline.starting(0.2), pytest.raises(deadline.DeadlineExceeded):
                images.prepare(picture)
        finally:
            done.set()
        assert holder.result()
    assert images.prepare(picture).width == 1568


def test_a_large_picture_is_refused_on_its_own_thread_and_the_next_one_is_read() -> None:
    whole = encoded(noise(2200, 2000), "PNG")
    bent = whole[:9000] + bytes(2000) + whole[11_000:]

    assert isinstance(prepared_or_refused(bent), ImageError)
    assert images.prepare(whole).width == 1568


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
def test_a_forked_process_has_a_thread_of_its_own_for_large_pictures() -> None:
    forked = subprocess.run([sys.executable, "-c", FORK], check=False, timeout=60)

    assert forked.returncode == 0


def test_noise_keeps_its_size_through_every_quality() -> None:
    sizes = [len(encoded(noise(200, 200), quality=quality)) for quality in (35, 65, 90)]
    assert all(small < large for small, large in pairwise(sizes))
