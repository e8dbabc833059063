"""How like its final a preview is: both small and grey, by structural similarity."""

import base64
import binascii
import io
import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["PictureError", "similarities"]

_MAX_PIXELS = 64_000_000
_SIDE = 64
_WINDOW = 8
# Constants of the formula for values from 0 to 255: (0.01 * 255)^2 and (0.03 * 255)^2.
_C1, _C2 = 6.5025, 58.5225
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")

_Grey = NDArray[np.float64]


class PictureError(Exception):
    """A picture does not decode."""


def similarities(pictures: Sequence[str]) -> tuple[float, ...]:
    """How like the last picture each one is, from 0 to 1, the last included.

    Each is scaled to 64 by 64 grey pixels; the value is the mean over windows of 8 by 8 of the structural similarity
    ``(2 m1 m2 + C1)(2 c12 + C2) / ((m1^2 + m2^2 + C1)(v1 + v2 + C2))``, negative ones counted as 0. Source: Wang,
    Bovik, Sheikh and Simoncelli, Image quality assessment: from error visibility to structural similarity, IEEE
    Transactions on Image Processing 13 (4), 2004; small, because a person judges a preview by its composition.

    Args:
        pictures: Base64 text of each encoded picture, in order.

    Raises:
        PictureError: One does not decode; its text says which.
    """
    greys = [_grey(picture, number, len(pictures)) for number, picture in enumerate(pictures, start=1)]
    return tuple(_structural_similarity(grey, greys[-1]) for grey in greys)


def _grey(picture: str, number: int, of: int) -> _Grey:
    try:
        data = base64.b64decode(picture, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureError(f"picture {number} of {of} is not base64") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_known_formats()) as image:
                if image.width * image.height > _MAX_PIXELS:
                    raise PictureError(f"picture {number} of {of} has {image.width} x {image.height} pixels")
                # A JPEG decoder can halve a picture on the way; all of its data is read nevertheless.
                image.draft("L", (_SIDE, _SIDE))
                small = image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    except PictureError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever they raise on damaged data
        raise PictureError(f"picture {number} of {of} does not decode") from error
    return np.asarray(small, dtype=np.float64)


def _known_formats() -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def _structural_similarity(one: _Grey, other: _Grey) -> float:
    first, second = _windows(one), _windows(other)
    mean_1, mean_2 = first.mean(axis=1), second.mean(axis=1)
    variance_1, variance_2 = first.var(axis=1), second.var(axis=1)
    covariance = (first * second).mean(axis=1) - mean_1 * mean_2
    values = ((2 * mean_1 * mean_2 + _C1) * (2 * covariance + _C2)) / (
        (mean_1**2 + mean_2**2 + _C1) * (variance_1 + variance_2 + _C2)
    )
    return float(np.clip(values.mean(), 0.0, 1.0))


def _windows(grey: _Grey) -> _Grey:
    count = _SIDE // _WINDOW
    return grey.reshape(count, _WINDOW, count, _WINDOW).swapaxes(1, 2).reshape(count * count, _WINDOW * _WINDOW)
