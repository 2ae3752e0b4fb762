"""Pictures that tests send and expect."""

import base64
import io

from PIL import Image

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def picture(color: str, size: tuple[int, int] = (3, 2)) -> bytes:
    """Return an image, a small one by default."""
    content = io.BytesIO()
    Image.new("RGB", size, color).save(content, "PNG")
    return content.getvalue()
