"""The pictures an event carries: where they stand in the payload, and what their bytes really are.

fal's Playground shows a picture when it meets an object with ``url`` and ``content_type`` (fal.ai, "handle
inputs and outputs"). Where such an object stands is the app's choice, so the payload is searched.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote_to_bytes, urlsplit

from conformance.stream.payload import Json, walk
from conformance.stream.pixels import DecodedPicture, DecodingBudget, decode, readable_types

__all__ = ["DataUri", "DecodedPicture", "Picture", "find_pictures", "parse_data_uri"]

# Members in which apps put a picture's bytes or address when they leave ``url`` out.
_BYTES_NAMES = frozenset({"b64", "b64_json", "base64", "data", "src", "uri", "href"})
_INLINE = re.compile(r"data:image/|/9j/4|iVBORw0KGgo|UklGR|[A-Za-z0-9+/_-]{128}")
_ADDRESS = re.compile(r"(data|https?|file|blob|gs|s3):\S", re.IGNORECASE)
_PATH = re.compile(r"\.{0,2}/\S+|[^\s?]+\.(png|jpe?g|webp|gif|avif|bmp)(\?\S*)?", re.IGNORECASE)
_LONGEST_PATH = 4096
_NO_ASCII_WHITESPACE = str.maketrans("", "", "\t\n\f\r ")


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


@dataclass(frozen=True, eq=False, kw_only=True)
class Picture:
    """An object of a payload that means to be a picture.

    Attributes:
        path: Where it stands, such as ``images[0]``.
        members: Its members; for a bare string, ``{"url": string}``.
        is_object: False where a bare string stands in place of the object.
        budget: What may be spent on decoding it.
    """

    path: str
    members: dict[str, Json]
    is_object: bool = True
    budget: DecodingBudget = field(default_factory=DecodingBudget, repr=False)

    @property
    def name(self) -> str:
        """The member it stands under, ``images`` for ``out.images[0]``."""
        return _member_name(self.path)

    @property
    def url_path(self) -> str:
        """Where its url stands."""
        return f"{self.path}.url"

    @property
    def type_path(self) -> str:
        """Where its type stands."""
        return f"{self.path}.content_type"

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
            return f"{self.url_path}: {self.data_uri.error}" if self.data_uri.error else None
        if _is_absolute(url):
            return None
        return f"{self.url_path} is {_shortened(url)!r}, expected an absolute http(s) URL or a data URI"

    @property
    def http_url(self) -> str | None:
        """The http(s) URL that it stands behind; None where it is inline or cannot be opened at all."""
        return self.url if self.url is not None and _is_absolute(self.url) else None

    @property
    def type_fault(self) -> str | None:
        """Where ``content_type``, the data URI's type and the bytes' own type disagree; None if they agree.

        ``image/jpg`` counts as ``image/jpeg``. Pictures behind http(s) URLs are judged by ``content_type`` alone.
        """
        said = _essence(self.content_type or "")
        if not said.startswith("image/"):
            return f"{self.type_path} is {self.content_type!r}, expected an image type"
        uri, decoded = self.data_uri, self.decoded
        if uri is not None and _essence(uri.media_type) != said:
            return f"{self.type_path} is {said!r} but its data URI says {uri.media_type!r}"
        if decoded is not None and decoded.media_type and decoded.media_type != said:
            return f"{self.type_path} is {said!r} but its bytes are {decoded.media_type!r}"
        return None

    @property
    def decode_fault(self) -> str | None:
        """Why its inline bytes do not decode completely, or None.

        None too for a picture that is not inline, and for a type that Pillow cannot read (SVG).
        """
        decoded = self.decoded
        said = _essence(self.content_type or "")
        if (
            decoded is not None
            and not decoded.media_type
            and said.startswith("image/")
            and said not in readable_types()
        ):
            return None
        return f"{self.path} does not decode: {decoded.error}" if decoded is not None and decoded.error else None

    def answer_fault(self, media_type: str, data: bytes) -> str | None:
        """What is wrong with the answer that its http(s) URL gave, or None.

        Args:
            media_type: The answer's Content-Type.
            data: Its body.
        """
        given = _essence(media_type)
        said = _essence(self.content_type or "") or given
        if given != said:
            return f"{self.url_path} answers with the type {media_type!r}, expected {said!r} as declared"
        decoded = decode(data, self.budget)
        if decoded is None or (not decoded.media_type and said.startswith("image/") and said not in readable_types()):
            return None
        if decoded.media_type and decoded.media_type != said:
            return f"{self.url_path} answers with the bytes of a {decoded.media_type!r}, expected {said!r} as declared"
        return (
            f"{self.url_path} answers with a picture that does not decode: {decoded.error}" if decoded.error else None
        )

    @cached_property
    def data_uri(self) -> DataUri | None:
        """The parsed data URI, or None where the url is something else."""
        return parse_data_uri(self.url) if self.url is not None else None

    @cached_property
    def decoded(self) -> DecodedPicture | None:
        """The decoded picture; None where the bytes are not inline, the data URI is broken or the budget spent."""
        uri = self.data_uri
        return decode(uri.data, self.budget) if uri is not None and uri.error is None else None


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
        data = base64.b64decode(payload.translate(_NO_ASCII_WHITESPACE), validate=True)
    except (binascii.Error, ValueError) as error:
        return DataUri(media_type=media_type, error=f"the base64 is broken: {error}")
    return DataUri(media_type=media_type, data=data)


def find_pictures(payload: Json, names: frozenset[str], budget: DecodingBudget | None = None) -> tuple[Picture, ...]:
    """Every picture of a payload, in document order.

    Under a member with one of the ``names`` (or in a list there) everything counts that means to be a picture:
    an object with ``url``, ``content_type`` or what looks like a picture's bytes, and a string that looks
    like a URL, a path or base64. Elsewhere an object counts that has both ``url`` and ``content_type``,
    unless they say that it is something else (a sound, a video). They share the ``budget`` for decoding.
    """
    found = []
    shared = budget or DecodingBudget()
    for path, value in walk(payload):
        is_named = _member_name(path) in names
        if isinstance(value, dict) and (_is_picture(value) or (is_named and _means_a_picture(value))):
            found.append(Picture(path=path, members=value, budget=shared))
        elif isinstance(value, str) and is_named and _points_at_a_picture(value):
            found.append(Picture(path=path, members={"url": value}, is_object=False, budget=shared))
    return tuple(found)


def _member_name(path: str) -> str:
    return path.rpartition(".")[2].partition("[")[0]


def _points_at_a_picture(text: str) -> bool:
    if _INLINE.match(text) or _ADDRESS.match(text):
        return True
    return len(text) <= _LONGEST_PATH and _PATH.fullmatch(text) is not None


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


def _essence(content_type: str) -> str:
    essence = content_type.partition(";")[0].strip().lower()
    return "image/jpeg" if essence == "image/jpg" else essence


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
