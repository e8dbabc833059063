"""Fetching the pictures that stand behind http(s) URLs: which of them, from where, with what request.

Nothing is sent from here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from conformance.core import Request, ServerSentEvent
from conformance.stream.conventions import Conventions

__all__ = ["MOST_PICTURES", "PICTURE_FETCH", "PictureFetching", "picture_request"]

PICTURE_FETCH = "picture_fetch"
"""The name under which the transcript of each fetch is filed."""

MOST_PICTURES = 64
"""How many pictures are fetched in a run: more than most streams show, and no scan of a network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFetching:
    """What the user allowed.

    Attributes:
        conventions: Where events carry pictures.
        further_hosts: Hosts to fetch from beside the endpoint's own and fal's.
    """

    conventions: Conventions = field(default_factory=Conventions)
    further_hosts: frozenset[str] = frozenset()

    def urls(self, events: Sequence[ServerSentEvent]) -> Iterator[str]:
        """The http(s) URLs of the pictures that events show, in their order."""
        for event in events:
            # Most previews are inline, and large: they need not be read twice.
            if "http" in event.data:
                payload = self.conventions.read(event.data)
                pictures = self.conventions.pictures_of(payload.value, event_name=event.event)
                yield from filter(None, (picture.http_url for picture in self.conventions.shown(pictures)))


def picture_request(url: str) -> Request:
    """The request that a browser's ``<img>`` sends: no credentials, no other header of the user's."""
    headers = (("accept", "image/*,*/*;q=0.8"), ("accept-encoding", "identity"))
    return Request(method="GET", url=url, headers=headers)
