"""The filmstrip of one exchange: every event that carries pictures, drawn small, in order, up to the final."""

import base64
from dataclasses import dataclass

from conformance.reports.html.exchange import EventKind, Exchange, step_words
from conformance.reports.html.thinning import thinned
from conformance.reports.html.units import at
from conformance.stream.event import Event
from conformance.stream.picture import Picture
from conformance.stream.pixels import DecodingBudget, shrunken

__all__ = ["Filmstrip", "Frame", "Shot", "drawing_budget", "filmstrip"]

_MOST_FRAMES = 400
_MOST_SHOTS = 4
_PREVIEW_PIXELS = 224
_FINAL_PIXELS = 720
_SHOWN_URL_CHARACTERS = 120
_NOT_DRAWN = "not drawn: there are too many pictures, or it is of a kind that Pillow does not read"
_FINALS = (EventKind.FINAL, EventKind.LAST_PICTURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture.

    Attributes:
        uri: A data URI of the picture, drawn anew; empty where it cannot be shown.
        instead: What is said in its place.
        size: Its own width and height in words; empty where they are not known.
    """

    uri: str = ""
    instead: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One event with pictures.

    Attributes:
        event_index: The event's index.
        kind: What it is.
        step: The step it says it shows, in words, or empty.
        instant: When it came, in words.
        shots: Its pictures.
        left_out: How many more it has.
    """

    event_index: int
    kind: EventKind
    step: str
    instant: str
    shots: tuple[Shot, ...]
    left_out: int

    @property
    def is_final(self) -> bool:
        """Whether it stands where the result does."""
        return self.kind in _FINALS

    @property
    def alt(self) -> str:
        """What a reader who does not see it is told."""
        return ", ".join(filter(None, (f"{self.kind.value} of event {self.event_index}", self.step, self.instant)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filmstrip:
    """The frames of a stream.

    Attributes:
        frames: The events with pictures, in order.
        left_out: How many more there are.
    """

    frames: tuple[Frame, ...]
    left_out: int


def drawing_budget() -> DecodingBudget:
    """How much is drawn for one page, whatever an endpoint sent."""
    return DecodingBudget(pictures=600, pixels=500_000_000)


def filmstrip(exchange: Exchange, budget: DecodingBudget) -> Filmstrip:
    """The filmstrip of an exchange; empty where no event carries a picture.

    Args:
        exchange: The exchange.
        budget: What may still be drawn for the page; the result is drawn first.
    """
    events = [event for event in exchange.evidence.events if event.pictures]
    shown = thinned(events, _MOST_FRAMES)
    finals_first = sorted(shown, key=lambda event: exchange.kind(event) not in _FINALS)
    frames = {event.index: _frame(exchange, event, budget) for event in finals_first}
    return Filmstrip(frames=tuple(frames[event.index] for event in shown), left_out=len(events) - len(shown))


def _frame(exchange: Exchange, event: Event, budget: DecodingBudget) -> Frame:
    kind = exchange.kind(event)
    pictures = exchange.evidence.conventions.shown(event.pictures)
    side = _FINAL_PIXELS if kind in _FINALS else _PREVIEW_PIXELS
    return Frame(
        event_index=event.index,
        kind=kind,
        step=step_words(event),
        instant=at(event.at_ns),
        shots=tuple(_shot(picture, side, budget) for picture in pictures[:_MOST_SHOTS]),
        left_out=max(0, len(pictures) - _MOST_SHOTS),
    )


def _shot(picture: Picture, side: int, budget: DecodingBudget) -> Shot:
    uri = picture.data_uri
    if uri is None:
        return Shot(instead=f"not loaded: {_clipped(picture.url or 'no URL')}")
    if uri.error is not None:
        return Shot(instead=_clipped(uri.error))
    drawn = shrunken(uri.data, budget, longest_side=side)
    if drawn is None:
        return Shot(instead=_clipped(picture.decode_fault or _NOT_DRAWN))
    encoded = base64.b64encode(drawn.jpeg).decode("ascii")
    return Shot(uri=f"data:image/jpeg;base64,{encoded}", size=f"{drawn.width} x {drawn.height}")


def _clipped(text: str) -> str:
    return text if len(text) <= _SHOWN_URL_CHARACTERS else f"{text[:_SHOWN_URL_CHARACTERS]}..."
