"""Every image a model gets is whole, upright, bounded and bare; every other one says why not."""

from __future__ import annotations

import numpy as np
import pytest
from fix_pictures import (
    encoded,
    gradient,
    noise,
    opened,
    orientation_exif,
    picture,
    png_that_says,
    with_exif,
)
from PIL import Image

from scout_workers import phases
from scout_workers.domain.errors import ErrorClass, Verdict
from scout_workers.llm import images
from scout_workers.llm.protocol import ImageError

LOSSLESS = {"lossless": True}


def refused(data: bytes, **limits: int) -> ImageError:
    with pytest.raises(ImageError) as caught:
        images.prepare(data, images.Limits(**limits))
    assert caught.value.error_class.verdict is Verdict.TERMINAL
    return caught.value


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_format_we_name_is_read_and_sent_as_jpeg(kind: str) -> None:
    data = encoded(gradient(), kind)

    assert images.inspect(data) == images.ImageFacts(images.ImageFormat(kind), 320, 200)
    sent = images.prepare(data)

    assert (sent.width, sent.height) == opened(sent.jpeg).size == (320, 200)
    assert opened(sent.jpeg).format is None or sent.jpeg.startswith(b"\xff\xd8\xff")
    assert np.abs(np.asarray(opened(sent.jpeg), float) - np.asarray(gradient(), float)).mean() < 3


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("1", "PNG"),
        ("L", "PNG"),
        ("L", "JPEG"),
        ("LA", "PNG"),
        ("P", "PNG"),
        ("RGBA", "PNG"),
        ("RGBA", "WEBP"),
        ("CMYK", "JPEG"),
        ("I;16", "PNG"),
    ],
)
def test_every_mode_of_pixels_becomes_plain_rgb(mode: str, kind: str) -> None:
    grey = Image.linear_gradient("L")
    if mode == "I;16":
        made = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    elif mode in {"CMYK", "P"}:
        made = grey.convert("RGB").convert(mode)
    else:
        made = grey.convert(mode)

    sent = opened(images.prepare(encoded(made, kind)).jpeg)

    assert sent.mode == "RGB"
    assert np.asarray(sent)[:20].mean() < 30
    assert np.asarray(sent)[-20:].mean() > 225


def test_what_is_transparent_shows_white_paper() -> None:
    glass = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    indexed = Image.new("P", (64, 64), 3)
    indexed.putpalette([0, 90, 0] * 4)

    for data in (
        encoded(glass, "PNG"),
        encoded(indexed, "PNG", transparency=bytes([255] * 3 + [0])),
    ):
        assert np.asarray(opened(images.prepare(data).jpeg)).min() > 250


def test_a_picture_larger_than_twice_what_is_sent_keeps_its_transparency() -> None:
    glass = Image.new("RGBA", (4000, 400), (200, 0, 0, 255))
    glass.paste((0, 0, 0, 0), (0, 0, 2000, 400))

    sent = np.asarray(opened(images.prepare(encoded(glass, "PNG")).jpeg))

    assert sent.shape == (157, 1568, 3)
    assert sent[:, :700].min() > 245
    assert sent[:, 900:, 0].mean() > 190
    assert sent[:, 900:, 1].max() < 30


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_orientation_comes_out_upright(orientation: int, order: str) -> None:
    turned_by = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
    inverse = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    assert turned_by.keys() == inverse.keys()
    stored = gradient()
    if orientation in inverse:
        stored = stored.transpose(Image.Transpose(inverse[orientation]))
    data = with_exif(encoded(stored, quality=95), orientation_exif(orientation, order))

    facts, sent = images.inspect(data), images.prepare(data)

    assert (facts.width, facts.height) == (sent.width, sent.height) == (320, 200)
    assert np.abs(np.asarray(opened(sent.jpeg), float) - np.asarray(gradient(), float)).mean() < 3


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_png_and_webp_tell_their_orientation_too(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(gradient(), kind, exif=exif)

    assert images.inspect(data).width == 200
    assert images.prepare(data).height == 320


@pytest.mark.parametrize(
    "exif", [b"", b"II*\0", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff", b"nonsense" * 40]
)
def test_broken_exif_is_nobodys_business(exif: bytes) -> None:
    assert images.prepare(with_exif(encoded(gradient()), exif)).width == 320


def test_metadata_does_not_travel_on() -> None:
    exif = Image.Exif()
    exif[0x010F] = "canary-maker"
    data = encoded(gradient(), exif=exif, comment=b"canary-comment", icc_profile=b"canary-profile")
    assert b"canary" in data

    sent = images.prepare(data).jpeg

    assert b"canary" not in sent
    assert b"Exif" not in sent


def test_the_longest_side_is_at_most_1568_and_never_enlarged() -> None:
    assert images.prepare(encoded(gradient(3200, 1000))).width == 1568
    assert images.prepare(encoded(gradient(1000, 3200))).height == 1568
    assert images.prepare(encoded(gradient(100, 60))).width == 100


def test_even_pure_noise_is_sent_within_its_limit() -> None:
    data = encoded(noise(1568, 1568), quality=60)

    sent = images.prepare(data)
    small = images.prepare(data, images.Limits(sent_bytes=20_000))

    assert len(sent.jpeg) <= 1_000_000
    assert len(small.jpeg) <= 20_000
    assert (small.width, small.height) == opened(small.jpeg).size


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", "the file is empty (0 bytes)"),
        (b"\0" * 900, "the file holds nothing but zeros (900 bytes)"),
        (b"\n <!DOCTYPE html><html><body>404</body></html>", "this is an HTML page, not an image"),
        (b"\xef\xbb\xbf<html>login</html>", "this is an HTML page, not an image"),
        (b"<svg xmlns=''/>", "this is an SVG drawing; a JPEG, PNG or WEBP is needed"),
        (b'{"error": "no such camera"}', "this is text, not an image"),
        (b"%PDF-1.7\n\0", "this is a PDF; a JPEG, PNG or WEBP is needed"),
        (b"\0\0\0 ftypisom\0\0", "this is a video (MP4 or MOV); a JPEG, PNG or WEBP is needed"),
        (b"\0\0\0 ftypheic\0\0", "this is a HEIC image; a JPEG, PNG or WEBP is needed"),
        (b"\x80\x01\x02", "this is no image of a kind known here; a JPEG, PNG or WEBP is needed"),
    ],
)
def test_what_is_no_image_is_named(data: bytes, detail: str) -> None:
    error = refused(data)

    assert error.detail == detail
    assert error.error_class is ErrorClass.IMAGE_UNREADABLE


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_other_formats_are_named(kind: str) -> None:
    assert refused(encoded(gradient(), kind)).detail == (
        f"this is a {kind}; a JPEG, PNG or WEBP is needed"
    )


def test_a_400_megapixel_png_is_refused_by_its_header() -> None:
    bomb = png_that_says(20_000, 20_000)

    for look in (images.inspect, images.prepare):
        with pytest.raises(ImageError) as caught:
            look(bomb)
        assert caught.value.detail == "400 megapixels; the limit is 40"
        assert caught.value.error_class is ErrorClass.IMAGE_TOO_LARGE


def test_a_webp_canvas_is_measured_before_it_is_allocated() -> None:
    data = bytearray(encoded(gradient(), "WEBP", exif=Image.Exif()))
    made = encoded(gradient().convert("RGBA"), "WEBP", exif=b"Exif\0\0" + orientation_exif(1))
    data = bytearray(made)
    assert data[12:16] == b"VP8X"
    data[24:30] = b"\xff\x3f\x00\xff\x3f\x00"

    assert refused(bytes(data)).detail == "268 megapixels; the limit is 40"


def test_too_many_bytes_are_refused_unread() -> None:
    error = refused(b"\xff\xd8\xff" + bytes(20_000_000))

    assert error.error_class is ErrorClass.IMAGE_TOO_LARGE
    assert error.detail == "20 megabytes; the limit is 20"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.98])
def test_a_cut_off_image_is_unreadable(kind: str, share: float) -> None:
    whole = encoded(noise(300, 200), kind)

    error = refused(whole[: int(len(whole) * share)])

    assert error.error_class is ErrorClass.IMAGE_UNREADABLE
    assert error.detail.startswith("the image is cut off: ")


@pytest.mark.parametrize("progressive", [False, True])
def test_a_large_jpeg_decoded_at_a_fraction_of_its_size_is_still_read_to_its_end(
    *, progressive: bool
) -> None:
    whole = encoded(noise(3600, 1600), quality=70, progressive=progressive)

    assert images.prepare(whole).width == 1568
    assert refused(whole[: len(whole) // 2]).detail.startswith("the image is cut off: ")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_no_single_picture(kind: str) -> None:
    frames = [noise(64, 64, seed) for seed in range(3)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])

    assert refused(data).detail == (
        "this is an animation of 3 pictures; a single picture is needed"
    )


@pytest.mark.parametrize("size", [(1, 1), (300, 3), (20_000, 20)])
def test_a_picture_too_small_to_show_anything_says_so(size: tuple[int, int]) -> None:
    assert refused(encoded(Image.new("RGB", size), "PNG")).detail == (
        f"{size[0]} x {size[1]} pixels are too few to show anything"
    )


def test_a_png_whose_pixels_do_not_fill_it_is_unreadable() -> None:
    assert "the image is" in refused(png_that_says(100, 100, pixels=b"\0" * 50)).detail


def test_a_jpeg_that_tells_two_sizes_is_damaged() -> None:
    data = encoded(gradient())
    frame = data.index(b"\xff\xc0")
    length = int.from_bytes(data[frame + 2 : frame + 4])
    twice = data[:frame] + data[frame : frame + 2 + length] + data[frame:]

    assert refused(twice).detail == "the image is damaged: it tells its size twice"


def test_nothing_is_prepared_while_a_transaction_is_open() -> None:
    data = encoded(gradient())
    with phases.holding_transaction(), pytest.raises(phases.TransactionHeldError):
        images.prepare(data)


def test_a_picture_of_one_colour_stays_that_colour() -> None:
    sent = images.prepare(encoded(picture(np.full((90, 120, 3), 77)), "WEBP", **LOSSLESS))

    assert np.abs(np.asarray(opened(sent.jpeg), float) - 77).max() <= 2
