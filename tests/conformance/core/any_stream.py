"""Streams of any kind, with what they mean to a reader that never sees their bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import strategies as st

from conformance.core import ServerSentEvent
from tests.conformance.core.decoding import ENDINGS, MARK

texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)
names = texts.filter(bool)
unknown_names = names.filter(
    lambda name: ":" not in name and name not in ("data", "event", "id", "retry") and name[0] != "\ufeff"
)
fields = st.one_of(
    st.tuples(st.just("data"), texts),
    st.tuples(st.just("data"), texts),
    st.tuples(st.just("event"), texts),
    st.tuples(st.just("id"), texts),
    st.tuples(st.just("retry"), st.one_of(texts, st.integers(0, 10**9).map(str))),
    st.tuples(unknown_names, texts),
    st.tuples(st.just(""), texts),
)


@dataclass
class Model:
    """The standard's three buffers, kept by a reader that knows fields and never sees bytes."""

    last_event_id: str = ""
    event: str = ""
    data: list[str] | None = None
    retry: int | None = None
    offset: int | None = None

    def take(self, name: str, value: str, offset: int) -> None:
        self.offset = offset if self.offset is None else self.offset
        if name == "data":
            self.data = [*(self.data or []), value]
        elif name == "event":
            self.event = value
        elif name == "id" and "\x00" not in value:
            self.last_event_id = value
        elif name == "retry" and value and set(value) <= set("0123456789"):
            self.retry = int(value)

    def dispatch(self) -> Iterable[ServerSentEvent]:
        if self.data is not None and self.offset is not None:
            yield ServerSentEvent(
                event=self.event or "message",
                data="\n".join(self.data),
                last_event_id=self.last_event_id,
                retry=self.retry,
                offset=self.offset,
            )
        self.event, self.data, self.retry, self.offset = "", None, None, None


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[ServerSentEvent]]:
    """A valid stream in any mixture of line endings, and the events it means."""
    body = draw(st.sampled_from([b"", MARK]))
    start = 0
    model = Model()
    events: list[ServerSentEvent] = []
    for block in draw(st.lists(st.lists(fields, max_size=5), max_size=5)):
        for name, value in block:
            bare = not value and name and draw(st.booleans())
            space = " " if value.startswith(" ") or draw(st.booleans()) else ""
            body += (name if bare else f"{name}:{space}{value}").encode() + draw(st.sampled_from(ENDINGS))
            model.take(name, value, start)
            start = len(body)
        # LF after CR would be the second half of one ending, not a line of its own.
        body += draw(st.sampled_from([b"\r", b"\r\n"] if body.endswith(b"\r") else ENDINGS))
        events += model.dispatch()
        start = len(body)
    return body, events


# Bytes at which readers go wrong come up far more often than in bytes drawn evenly.
bodies = st.one_of(
    st.binary(max_size=64),
    streams().map(lambda stream: stream[0]),
    st.lists(
        st.sampled_from(
            [
                *(b"data", b"data:", b"id", b"event", b"retry", b":", b" ", b"1", b"\x00", b"x"),
                *(b"\xc3", b"\xa9", MARK, MARK[:1], MARK[1:]),
                *ENDINGS,
                *ENDINGS,
            ]
        ),
        max_size=24,
    ).map(b"".join),
)


@st.composite
def cut_bodies(draw: st.DrawFn) -> list[bytes]:
    """A body in pieces, some of them perhaps empty."""
    body = draw(bodies)
    cuts = sorted(draw(st.lists(st.integers(0, len(body)), max_size=8)))
    return [body[start:end] for start, end in pairwise([0, *cuts, len(body)])]
