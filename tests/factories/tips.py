"""What tests of tips send."""

from __future__ import annotations

import io

from PIL import Image

CAMERA = "Máy ảnh số 77123"


def photo() -> bytes:
    """A small picture in which a camera wrote its name."""
    image = Image.new("RGB", (40, 30), (120, 60, 30))
    exif = image.getexif()
    exif[0x010F] = CAMERA
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()
