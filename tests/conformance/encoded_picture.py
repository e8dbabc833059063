"""A picture as the bytes of a file."""

import io

from PIL import Image


def encoded(image: Image.Image, image_format: str, **options: bool) -> bytes:
    file = io.BytesIO()
    image.save(file, image_format, **options)
    return file.getvalue()
