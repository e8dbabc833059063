"""Looks at the pictures of one stream in n once it is over, in a native thread, so that no stamp waits for it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import gevent
from gevent.lock import BoundedSemaphore

from load.stream_row import Outcome, StreamRow
from load.streaming.pictures.latest_previews import data_uri_of
from load.streaming.pictures.picture_similarity import PictureError, similarities

__all__ = ["PictureLook"]

_LONGEST_SECONDS = 30.0


class PictureLook:
    """Chooses streams to look at, and looks at them one at a time."""

    def __init__(self, one_in: int) -> None:
        """Look at one stream in ``one_in``, the first included; at none where it is 0."""
        self._one_in = one_in
        self._streams = 0
        self._looks: set[Any] = set()
        self._turn = BoundedSemaphore(1)

    def chooses(self) -> bool:
        """Whether the stream that begins now is to be looked at."""
        if not self._one_in:
            return False
        self._streams += 1
        return (self._streams - 1) % self._one_in == 0

    def look(self, row: StreamRow, pictures: Sequence[str], then: Callable[[StreamRow], None]) -> None:
        """Hand the row on once its pictures were looked at: with their similarity, or as malformed.

        Args:
            row: The stream's row.
            pictures: The data of the events that carried a picture.
            then: Takes the row.
        """
        greenlet = gevent.spawn(self._look, row, pictures, then)
        self._looks.add(greenlet)
        greenlet.link(self._looks.discard)

    def finish(self) -> None:
        """Wait for what is still looked at, at most half a minute."""
        gevent.joinall(list(self._looks), timeout=_LONGEST_SECONDS)

    def _look(self, row: StreamRow, pictures: Sequence[str], then: Callable[[StreamRow], None]) -> None:
        with self._turn:
            then(gevent.get_hub().threadpool.apply(_looked_at, (row, pictures)))


def _looked_at(row: StreamRow, pictures: Sequence[str]) -> StreamRow:
    texts = [found[1] for found in map(data_uri_of, pictures) if found is not None]
    if not texts or len(texts) != len(pictures):
        # Behind URLs, which nobody asked us to fetch.
        return row
    try:
        return replace(row, similarity=similarities(texts))
    except PictureError as error:
        return replace(row, outcome=Outcome.MALFORMED, detail=str(error))
