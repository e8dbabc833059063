"""The pictures an event carries: where they stand in the payload, and what their bytes really are.

fal's Playground shows a picture when it meets an object with ``url`` and ``content_type`` (fal.ai, "handle
inputs and outputs"). Where such an object stands is the app's choice, so the payload is searched.
"""

import base64
import binascii
import io
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import unquote_to_bytes, urlsplit

from conformance.payload import Json, walk

__all__ = ["DataUri", "DecodedPicture", "Picture", "find_pictures", "parse_data_uri"]

_MIME_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg"}
# A preview of more pixels than this is an attack on the checker's memory, not a picture.
_MOST_PIXELS = 100_000_000
_THUMBNAIL_SIDE = 32
# Members in which apps put a picture's bytes or address when they leave ``url`` out.
_BYTES_NAMES = frozenset({"b64", "b64_json", "base64", "data", "src", "uri", "href"})
_INLINE = re.compile(r"data:image/|/9j/4|iVBORw0KGgo|UklGR|[A-Za-z0-9+/_-]{128}")
_ADDRESS = re.compile(
    r"(data|https?|file|blob|gs|s3):\S|\.{0,2}/\S+\Z|\S+\.(png|jpe?g|webp|gif|avif|bmp)(\?\S*)?\Z", re.IGNORECASE
)
_ASCII_WHITESPACE = re.compile(r"[\t\n\f\r ]")
_EXIF_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True, kw_only=True)
class DataUri:
    """A parsed data URI (RFC 2397).

    Attributes:
        media_type: Type and subtype, lower case, without parameters; ``text/plain`` when omitted.
        data: The bytes; empty when ``error`` is set.
        error: Why the data cannot be decoded, or None.
    """

    media_type: str
    data: bytes = b""
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class DecodedPicture:
    """What a picture's bytes turned out to be.

    Attributes:
        media_type: The type that the bytes show, such as ``image/jpeg``; empty when unknown.
        width: Pixels across.
        height: Pixels down.
        is_turned: Whether its EXIF orientation has viewers show it turned by a quarter.
        thumbnail: 32 x 32 RGB bytes, for comparing pictures of different sizes; empty on error.
        error: Why the picture does not decode completely, or None.
    """

    media_type: str = ""
    width: int = 0
    height: int = 0
    is_turned: bool = False
    thumbnail: bytes = b""
    error: str | None = None

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height as a viewer shows it."""
        return (self.height, self.width) if self.is_turned else (self.width, self.height)

    def distance(self, other: "DecodedPicture") -> float:
        """Root mean square difference of the thumbnails, from 0 (the same) to 1 (black against white)."""
        squares = sum((a - b) ** 2 for a, b in zip(self.thumbnail, other.thumbnail, strict=True))
        return float((squares / len(self.thumbnail)) ** 0.5 / 255)

    @cached_property
    def roughness(self) -> float:
        """Root mean square difference of neighbouring thumbnail pixels, 0 to 1: high for noise."""
        row = _THUMBNAIL_SIDE * 3
        pixels = self.thumbnail
        across = [pixels[i + 3] - pixels[i] for i in range(len(pixels) - 3) if i % row < row - 3]
        return float((sum(d * d for d in across) / len(across)) ** 0.5 / 255)


@dataclass(frozen=True, eq=False, kw_only=True)
class Picture:
    """An object of a payload that means to be a picture.

    Attributes:
        path: Where it stands, such as ``images[0]``.
        members: Its members; for a bare string, ``{"url": string}``.
        is_object: False where a bare string stands in place of the object.
    """

    path: str
    members: dict[str, Json]
    is_object: bool = True

    @property
    def name(self) -> str:
        """The member it stands under, ``images`` for ``out.images[0]``."""
        return _member_name(self.path)

    @property
    def url(self) -> str | None:
        """``url`` if it is a string."""
        url = self.members.get("url")
        return url if isinstance(url, str) else None

    @property
    def content_type(self) -> str | None:
        """``content_type`` if it is a string."""
        content_type = self.members.get("content_type")
        return content_type if isinstance(content_type, str) else None

    @property
    def shape_fault(self) -> str | None:
        """Why fal's Playground would not show it: no object, or no string ``url`` or ``content_type``."""
        if not self.is_object:
            return f"{self.path} is a bare string, expected an object with 'url' and 'content_type'"
        missing = [name for name in ("url", "content_type") if not isinstance(self.members.get(name), str)]
        if missing:
            return f"{self.path} has no string {' and no string '.join(map(repr, missing))}, expected both as strings"
        return None

    @property
    def url_fault(self) -> str | None:
        """Why its url cannot be opened from anywhere: neither absolute http(s) nor a sound data URI."""
        url = self.url or ""
        if self.data_uri is not None:
            return f"{self.path}.url: {self.data_uri.error}" if self.data_uri.error else None
        if _is_absolute(url):
            return None
        return f"{self.path}.url is {_shortened(url)!r}, expected an absolute http(s) URL or a data URI"

    @property
    def type_fault(self) -> str | None:
        """Where ``content_type``, the data URI's type and the bytes' own type disagree; None if they agree.

        ``image/jpg`` counts as ``image/jpeg``. Pictures behind http(s) URLs are judged by ``content_type`` alone.
        """
        said = _essence(self.content_type or "")
        if not said.startswith("image/"):
            return f"{self.path}.content_type is {self.content_type!r}, expected an image type"
        uri, decoded = self.data_uri, self.decoded
        if uri is not None and _essence(uri.media_type) != said:
            return f"{self.path}.content_type is {said!r} but its data URI says {uri.media_type!r}"
        if decoded is not None and decoded.media_type and decoded.media_type != said:
            return f"{self.path}.content_type is {said!r} but its bytes are {decoded.media_type!r}"
        return None

    @property
    def decode_fault(self) -> str | None:
        """Why its inline bytes do not decode completely, or None.

        None too for a picture that is not inline, and for a type that Pillow cannot read (SVG).
        """
        decoded = self.decoded
        said = _essence(self.content_type or "")
        if decoded is not None and not decoded.media_type and said.startswith("image/") and said not in _readable():
            return None
        return f"{self.path} does not decode: {decoded.error}" if decoded is not None and decoded.error else None

    @cached_property
    def data_uri(self) -> DataUri | None:
        """The parsed data URI, or None where the url is something else."""
        return parse_data_uri(self.url) if self.url is not None else None

    @cached_property
    def decoded(self) -> DecodedPicture | None:
        """The decoded picture; None where the bytes are not inline, or the data URI itself is broken."""
        uri = self.data_uri
        return _decode(uri.data) if uri is not None and uri.error is None else None


def parse_data_uri(url: str) -> DataUri | None:
    """Parse a data URI; None for any other URL.

    Base64 is read strictly, no stray or missing characters; line breaks are let through, as all readers do.
    """
    if url[:5].lower() != "data:":
        return None
    head, comma, payload = url[5:].partition(",")
    media_type, *parameters = [part.strip().lower() for part in head.split(";")]
    media_type = media_type or "text/plain"
    if not comma:
        return DataUri(media_type=media_type, error="the data URI has no comma")
    if "base64" not in parameters:
        return DataUri(media_type=media_type, data=unquote_to_bytes(payload))
    try:
        return DataUri(media_type=media_type, data=base64.b64decode(_ASCII_WHITESPACE.sub("", payload), validate=True))
    except (binascii.Error, ValueError) as error:
        return DataUri(media_type=media_type, error=f"the base64 is broken: {error}")


def find_pictures(payload: Json, names: frozenset[str]) -> tuple[Picture, ...]:
    """Every picture of a payload, in document order.

    Under a member with one of the ``names`` (or in a list there) everything counts that means to be a picture:
    an object with ``url``, ``content_type`` or what looks like a picture's bytes, and a string that looks
    like a URL, a path or base64. Elsewhere an object counts that has both ``url`` and ``content_type``,
    unless they say that it is something else (a sound, a video).
    """
    found = []
    for path, value in walk(payload):
        is_named = _member_name(path) in names
        if isinstance(value, dict) and (_is_picture(value) or (is_named and _means_a_picture(value))):
            found.append(Picture(path=path, members=value))
        elif isinstance(value, str) and is_named and (_INLINE.match(value) or _ADDRESS.match(value)):
            found.append(Picture(path=path, members={"url": value}, is_object=False))
    return tuple(found)


def _member_name(path: str) -> str:
    return path.rpartition(".")[2].partition("[")[0]


def _is_picture(members: dict[str, Json]) -> bool:
    url, content_type = members.get("url"), members.get("content_type")
    if isinstance(url, str) and url[:11].lower() == "data:image/" and "content_type" in members:
        return True
    return isinstance(url, str) and isinstance(content_type, str) and _essence(content_type).startswith("image/")


def _means_a_picture(members: dict[str, Json]) -> bool:
    if any(members.get(name) is not None for name in ("url", "content_type")):
        return True
    texts = {name: value for name, value in members.items() if isinstance(value, str) and value}
    return any(name in _BYTES_NAMES or _INLINE.match(value) for name, value in texts.items())


def _is_absolute(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.netloc)


def _decode(data: bytes) -> DecodedPicture:
    # Pillow takes tens of milliseconds to import, which a check that sees no picture should not pay.
    from PIL import Image, ImageFile

    if ImageFile.LOAD_TRUNCATED_IMAGES:
        raise RuntimeError("Pillow is set to tolerate truncated pictures, which would hide faults")
    media_type, width, height, is_turned = "", 0, 0, False
    try:
        with Image.open(io.BytesIO(data)) as image:
            media_type = _MIME_TYPES.get(image.format or "") or Image.MIME.get(image.format or "", "")
            width, height = image.size
            if width * height > _MOST_PIXELS:
                return DecodedPicture(
                    media_type=media_type, width=width, height=height, error=f"{width} x {height} pixels"
                )
            is_turned = image.getexif().get(_EXIF_ORIENTATION) in (5, 6, 7, 8)
            thumbnail = image.convert("RGB").resize((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE), Image.Resampling.BOX)
    except Exception as error:
        return DecodedPicture(media_type=media_type, width=width, height=height, error=_one_line(error))
    return DecodedPicture(
        media_type=media_type, width=width, height=height, is_turned=is_turned, thumbnail=thumbnail.tobytes()
    )


@lru_cache(maxsize=1)
def _readable() -> frozenset[str]:
    from PIL import Image

    Image.init()
    return frozenset(Image.MIME[name] for name in Image.OPEN if name in Image.MIME)


def _essence(content_type: str) -> str:
    essence = content_type.partition(";")[0].strip().lower()
    return "image/jpeg" if essence == "image/jpg" else essence


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    # Pillow names the in-memory file by its address, which says nothing.
    return text.partition(" <_io")[0]
