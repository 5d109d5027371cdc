"""Pictures as evidence: made anew from their pixels, so that where and when they were taken goes with nobody.

Telephones write the place, the time, their number and a small copy of the picture into each file (EXIF, XMP, comments,
colour profiles, further pictures behind the first). Nothing of that is copied: only what is seen.
"""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from attrs import frozen

from pcmt.documents.intake.images import MAX_PIXELS
from pcmt.documents.values import Unreadable

if TYPE_CHECKING:
    from PIL import Image

LONG_SIDE = 4_000
"""Pixels; larger pictures are made smaller. A sheet of A4 stays readable."""
QUALITY = 88
SMALL_SIDE = 320
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


@frozen
class Picture:
    """A picture without anything but its pixels, and what its name ends in now."""

    data: bytes
    extension: str


def is_picture(data: bytes) -> bool:
    """Whether a file says at its beginning that it is a picture of a kind that is kept as evidence."""
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    begins = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
    return webp or data.startswith(begins) or _is_heif(data)


def plain_picture(data: bytes) -> Picture | Unreadable:
    """The picture upright, in sRGB, at most `LONG_SIDE` long, with nothing of what the camera wrote beside it.

    PNG and what is transparent stay PNG; all else becomes JPEG. Of moving pictures the first one is kept.
    """
    from PIL import Image

    if _is_heif(data):
        return Unreadable(
            "heic", "Ảnh dạng HEIC chưa nhận được.", "Gửi ảnh dạng JPG: trên iPhone, Cài đặt > Camera > Định dạng."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "TIFF")) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    return _too_large()
                if opened.format == "TIFF" and getattr(opened, "n_frames", 1) > 1:
                    return Unreadable("pages", "Ảnh TIFF này có nhiều trang.", "Lưu thành PDF rồi gửi.")
                as_png = opened.format == "PNG"
                opened.draft("RGB", (LONG_SIDE, LONG_SIDE))
                return _made_anew(opened, as_png)
        except Image.DecompressionBombError:
            return _too_large()
        except (OSError, SyntaxError, ValueError, EOFError, OverflowError, TypeError, KeyError, IndexError):
            # What Pillow's decoders raise for broken pictures.
            return Unreadable("damaged", "Ảnh bị hỏng hoặc chưa tải xong.", "Chọn lại ảnh rồi gửi.")


def small_picture(data: bytes) -> bytes | None:
    """A JPEG of at most `SMALL_SIDE` pixels of a kept picture, on white; None when it cannot be opened any more."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as opened:
            opened.draft("RGB", (SMALL_SIDE * 2, SMALL_SIDE * 2))
            flat = opened.convert("RGBA")
            flat.thumbnail((SMALL_SIDE, SMALL_SIDE))
            ground = Image.new("RGB", flat.size, "white")
            ground.paste(flat, mask=flat.getchannel("A"))
            out = io.BytesIO()
            ground.save(out, "JPEG", quality=80)
            return out.getvalue()
    except (OSError, SyntaxError, ValueError):
        return None


def _made_anew(opened: Image.Image, as_png: bool) -> Picture:
    from PIL import Image, ImageOps

    upright = _eight_bits(ImageOps.exif_transpose(opened))
    clear = upright.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in upright.info
    profile = upright.info.get("icc_profile")
    seen = upright.convert("RGBA" if clear else "RGB")
    if profile:
        seen = _as_srgb(seen, profile)
    seen.thumbnail((LONG_SIDE, LONG_SIDE))
    # Pasted on an empty sheet: what the plug-ins keep beside the pixels stays behind.
    fresh = Image.new(seen.mode, seen.size)
    fresh.paste(seen)
    out = io.BytesIO()
    if as_png or clear:
        fresh.save(out, "PNG")
        return Picture(out.getvalue(), "png")
    fresh.save(out, "JPEG", quality=QUALITY)
    return Picture(out.getvalue(), "jpg")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Pictures of scanners with 16 bits a pixel; converting alone would cut them off instead of scaling."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image


def _as_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours as they were meant, now without the profile of the camera; as they are where the profile is broken."""
    from PIL import ImageCms

    try:
        changed = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode=image.mode,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return changed or image


def _is_heif(data: bytes) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS


def _too_large() -> Unreadable:
    return Unreadable("image_too_large", "Ảnh có quá nhiều điểm ảnh.", "Chụp lại ở cỡ nhỏ hơn rồi gửi.")
