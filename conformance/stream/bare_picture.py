"""Pictures at the places that a profile declares, also where they are no more than a string."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from conformance.stream.payload import Json
from conformance.stream.picture import DataUri, Picture, parse_data_uri
from conformance.stream.pixels import DecodingBudget
from conformance.stream.place import Place

__all__ = ["BarePicture", "Encoding", "pictures_at"]

_SHOWN_CHARACTERS = 60


class Encoding(Enum):
    """How a picture is written at its place; the value is the word in a profile."""

    MEDIA_OBJECT = "media-object"
    """fal's object with ``url`` and ``content_type``."""
    URL = "url"
    """A string: an http(s) URL or a data URI."""
    BASE64 = "base64"
    """A string: the bytes in base64, without the head of a data URI."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BarePicture(Picture):
    """A picture that is written as a string.

    Attributes:
        written: What stands at its place.
        encoding: How it should be written there, ``URL`` or ``BASE64``.
        format_name: What the payload says of its format, such as ``png``, or None.
    """

    written: Json
    encoding: Encoding
    format_name: str | None = None

    @property
    def url_path(self) -> str:
        """The place itself: there is no member ``url``."""
        return self.path

    @property
    def type_path(self) -> str:
        """The place itself: there is no member ``content_type``."""
        return f"the type of {self.path}"

    @property
    def content_type(self) -> str | None:
        """The type that the payload or the data URI says, or None where neither does."""
        if self.format_name is not None:
            return f"image/{self.format_name.lower()}"
        return self.data_uri.media_type if self.encoding is Encoding.URL and self.data_uri is not None else None

    @property
    def shape_fault(self) -> str | None:
        """Why it is no string."""
        if isinstance(self.written, str):
            return None
        return f"{self.path} is {str(self.written)[:_SHOWN_CHARACTERS]}, expected a string ({self.encoding.value})"

    @property
    def type_fault(self) -> str | None:
        """Where the type that is said and the bytes' own type disagree; None where no type is said."""
        return super().type_fault if self.content_type is not None else None

    @cached_property
    def data_uri(self) -> DataUri | None:
        """Bare base64 as if it were a data URI; else as for any picture."""
        return self._inline if self.encoding is Encoding.BASE64 else parse_data_uri(self.url or "")

    @property
    def _inline(self) -> DataUri:
        text, media_type = self.url or "", self.content_type or ""
        if text[:5].lower() == "data:":
            return DataUri(media_type=media_type, error="it is a data URI, expected its base64 alone")
        try:
            return DataUri(media_type=media_type, data=base64.b64decode("".join(text.split()), validate=True))
        except (binascii.Error, ValueError) as error:
            return DataUri(media_type=media_type, error=f"the base64 is broken: {error}")


def pictures_at(
    places: Iterable[Place],
    payload: Json,
    encoding: Encoding,
    *,
    format_member: str | None = None,
    budget: DecodingBudget | None = None,
) -> tuple[Picture, ...]:
    """Whatever stands at the places and is not null, each taken for a picture.

    Args:
        places: Where to look.
        payload: The payload.
        encoding: How a picture is written there.
        format_member: The member of the payload that names the pictures' format, or None.
        budget: What may be spent on decoding them together.
    """
    shared = budget or DecodingBudget()
    said = payload.get(format_member) if format_member and isinstance(payload, dict) else None
    format_name = said if isinstance(said, str) else None
    found = ((path or "data", value) for place in places for path, value in place.find(payload) if value is not None)
    return tuple(_picture(path, value, encoding, format_name, shared) for path, value in found)


def _picture(path: str, value: Json, encoding: Encoding, format_name: str | None, budget: DecodingBudget) -> Picture:
    bare: dict[str, Json] = {"url": value} if isinstance(value, str) else {}
    if encoding is not Encoding.MEDIA_OBJECT:
        return BarePicture(
            path=path,
            members=bare,
            is_object=False,
            budget=budget,
            written=value,
            encoding=encoding,
            format_name=format_name,
        )
    is_object = isinstance(value, dict)
    return Picture(path=path, members=value if isinstance(value, dict) else bare, is_object=is_object, budget=budget)
