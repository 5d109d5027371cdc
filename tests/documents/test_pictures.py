"""Pictures as evidence: nothing but what is seen is kept."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from pcmt.documents import Unreadable, is_picture, plain_picture, small_picture
from pcmt.documents.intake import pictures

SECRET = "BiMatCuaMay"
"""Stands in every corner of a picture where a camera writes something."""
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><d>{SECRET}</d></x:xmpmeta>'.encode()


def drawn(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, "blue")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill="red")
    return image.convert(mode)


def located(orientation: int = 1) -> Image.Exif:
    """What a telephone writes: device, time, place, which way it was held."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112], exif[0x0132] = SECRET, SECRET, orientation, "2026:03:02 10:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (21.0, 1.0, 42.5), 3: "E", 4: (105.0, 51.0, 15.3)})
    exif.get_ifd(0x8769).update({0x9003: "2026:03:02 10:00:00", 0xA431: SECRET, 0x9286: SECRET.encode()})
    return exif


def saved(image: Image.Image, kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def png_info() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET)
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return info


TAGGED = {
    "jpeg": lambda: saved(drawn(), "JPEG", exif=located(), xmp=XMP, comment=SECRET, quality=95),
    "png": lambda: saved(drawn(), "PNG", exif=located(), pnginfo=png_info()),
    "png with holes": lambda: saved(drawn(mode="RGBA"), "PNG", exif=located(), pnginfo=png_info()),
    "webp": lambda: saved(drawn(), "WEBP", exif=located().tobytes(), xmp=XMP, quality=95),
    "tiff": lambda: saved(drawn(), "TIFF", exif=located()),
    "with a second picture": lambda: saved(
        drawn(), "MPO", save_all=True, append_images=[drawn()], exif=located(), comment=SECRET
    ),
    "with something behind it": lambda: saved(drawn(), "JPEG", exif=located()) + SECRET.encode(),
}


@pytest.mark.parametrize("kind", TAGGED)
def test_place_time_and_device_are_gone(kind: str) -> None:
    data = TAGGED[kind]()
    assert is_picture(data)
    assert SECRET.encode() in data
    made = plain_picture(data)
    assert isinstance(made, pictures.Picture), made
    assert SECRET.encode() not in made.data
    for word in (b"Exif", b"xmp", b"GPS", b"2026:03:02", b"tEXt", b"iTXt", b"eXIf", b"iCCP", b"ICC_PROFILE"):
        assert word not in made.data, word
    with Image.open(io.BytesIO(made.data)) as image:
        assert not image.getexif()
        assert not image.getexif().get_ifd(0x8825)
        assert getattr(image, "n_frames", 1) == 1
        assert {"comment", "xmp", "exif", "icc_profile", "XML:com.adobe.xmp"}.isdisjoint(image.info)
        assert image.size == (60, 40)
        assert image.format == made.extension.upper().replace("JPG", "JPEG")
        left, right = (image.convert("RGB").getpixel((x, 20)) for x in (10, 50))
    assert left[0] > 200 > 60 > left[2]  # type: ignore[index]
    assert right[2] > 200 > 60 > right[0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [(1, (60, 40), (10, 20)), (3, (60, 40), (50, 20)), (6, (40, 60), (20, 10)), (8, (40, 60), (20, 50))],
)
def test_it_is_turned_upright_first(orientation: int, size: tuple[int, int], red_at: tuple[int, int]) -> None:
    made = plain_picture(saved(drawn(), "JPEG", exif=located(orientation), quality=95))
    assert isinstance(made, pictures.Picture)
    with Image.open(io.BytesIO(made.data)) as image:
        assert image.size == size
        red = image.getpixel(red_at)
        assert red[0] > 200 > 60 > red[2]  # type: ignore[index]


def test_colours_are_kept_and_the_profile_is_not() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = plain_picture(saved(drawn(), "JPEG", icc_profile=profile, quality=95))
    assert isinstance(made, pictures.Picture)
    assert b"ICC_PROFILE" not in made.data
    broken = plain_picture(saved(drawn(), "JPEG", icc_profile=b"khong phai ho so mau" * 10))
    assert isinstance(broken, pictures.Picture)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_sort_of_pixels(mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    image = Image.new("I;16", (60, 40), 40_000) if mode == "I;16" else drawn(mode=mode)
    made = plain_picture(saved(image, kind))
    assert isinstance(made, pictures.Picture), made
    assert small_picture(made.data)
    if mode == "I;16":
        with Image.open(io.BytesIO(made.data)) as again:
            assert again.convert("L").getpixel((5, 5)) == 156


def test_large_pictures_are_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LONG_SIDE", 300)
    made = plain_picture(saved(drawn((900, 300)), "JPEG"))
    assert isinstance(made, pictures.Picture)
    with Image.open(io.BytesIO(made.data)) as image:
        assert image.size == (300, 100)
    small = small_picture(saved(drawn((900, 300)), "PNG"))
    assert small is not None
    with Image.open(io.BytesIO(small)) as image:
        assert image.format == "JPEG"
        assert max(image.size) == pictures.SMALL_SIDE


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xd8\xff\xe0 khong phai anh", "damaged"),
        (saved(drawn((600, 400)), "PNG")[:200], "damaged"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100, "heic"),
        (saved(drawn(), "TIFF", save_all=True, append_images=[drawn()]), "pages"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x00\x00\x00\x01\x00\x00\x08\x02\x00\x00\x00", "damaged"),
    ],
)
def test_what_is_no_good_picture(data: bytes, code: str) -> None:
    assert is_picture(data)
    found = plain_picture(data)
    assert isinstance(found, Unreadable)
    assert (found.code, found.message[-1]) == (code, ".")


def test_too_many_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", 1_000)
    found = plain_picture(saved(drawn(), "PNG"))
    assert isinstance(found, Unreadable)
    assert found.code == "image_too_large"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"RIFF____WAVE", b"Bi\xc3\xaan b\xe1\xba\xa3n", b"GIF89a"])
def test_what_is_no_picture(data: bytes) -> None:
    assert not is_picture(data)
    assert small_picture(data) is None
