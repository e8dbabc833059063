"""What good endpoints say: progress, previews, and a final event that can be told from them.

Left out, because a SHOULD warns of it by design: finals without any mark or member of their own (F02), no preview
where there was something to show (F05), a seed that was asked for and is not named (F08), shapes that change from
preview to preview (J05), integers past 2^53 - 1 (J08).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hypothesis import strategies as st

from conformance.stream.conventions import Conventions, FinalMarker
from conformance.stream.payload import MAX_SAFE_INTEGER, Json
from tests.conformance.good_endpoints.pictures import galleries

__all__ = ["Story", "stories"]

Members = dict[str, Json]

_FLAGS = ("final", "is_final", "done", "completed")
_KINDS = ("type", "event", "stage", "status", "state", "kind")
_FINAL_WORDS = ("final", "completed", "COMPLETED", "image_generation.completed", "done", "succeeded", "result")
_PREVIEW_WORDS = ("preview", "in_progress", "IN_PROGRESS", "partial-image", "generating")
_TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is asked, and the payloads of the answer in their order.

    Attributes:
        asked: The request's payload.
        payloads: One an event; the last one is the final.
        conventions: What the profile says of them.
    """

    asked: Mapping[str, Json]
    payloads: tuple[Members, ...]
    conventions: Conventions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """How the final is marked, and what the previews bear in that place."""

    final: Members = field(default_factory=dict)
    preview: Members = field(default_factory=dict)
    conventions: Conventions = field(default_factory=Conventions)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A generation from its request to its result."""
    count = draw(st.one_of(st.integers(0, 5), st.integers(0, 5), st.integers(0, 40)))
    is_withheld = draw(st.integers(0, 7)) == 0
    gallery, mark = draw(galleries(count, is_withheld=is_withheld)), draw(_marks())
    previews = [
        {**place, **progress, **mark.preview}
        for place, progress in zip(draw(_placed(gallery.previews)), draw(_progress(count)), strict=True)
    ]
    common = draw(_common_members())
    (shown,) = draw(_placed((gallery.final,)))
    seed = draw(st.none() | st.integers(0, MAX_SAFE_INTEGER))
    asked, used = draw(_seeds(seed))
    # Members that no preview has: enough to tell the final where it bears no mark.
    own = {"seed": used, "timings": {"inference": 1.25}, "has_nsfw_concepts": [is_withheld]}
    skipped = {"cached": True} if count == 0 else {}
    final = {**shown, **own, **common, **skipped, **mark.final}
    return Story(
        asked={"prompt": draw(_TEXTS), **asked},
        payloads=(*draw(_with_news([{**common, **item} for item in previews])), final),
        conventions=mark.conventions,
    )


@st.composite
def _marks(draw: st.DrawFn) -> _Mark:
    way = draw(st.sampled_from(("flag", "kind", "members", "declared")))
    says_otherwise = draw(st.booleans())
    if way == "flag":
        flag = draw(st.sampled_from(_FLAGS))
        return _Mark(final={flag: True}, preview={flag: False} if says_otherwise else {})
    if way == "kind":
        kind, words = draw(st.sampled_from(_KINDS)), (st.sampled_from(_FINAL_WORDS), st.sampled_from(_PREVIEW_WORDS))
        return _Mark(final={kind: draw(words[0])}, preview={kind: draw(words[1])} if says_otherwise else {})
    if way == "declared":
        marker = FinalMarker(name="last", value=draw(st.sampled_from((True, 1, "yes"))))
        other: Members = {"last": None} if says_otherwise else {}
        return _Mark(final={"last": marker.value}, preview=other, conventions=Conventions(final_marker=marker))
    return _Mark()


@st.composite
def _placed(draw: st.DrawFn, shown: tuple[tuple[Json, ...], ...]) -> list[Members]:
    """The pictures of each event under the name that the app gave them."""
    places: list[str] = ["images", "previews", "output"]
    if all(len(pictures) == 1 for pictures in shown):
        places += ["image", "preview", "data"]
    place = draw(st.sampled_from(places))
    return [_at(place, pictures) for pictures in shown]


def _at(place: str, pictures: tuple[Json, ...]) -> Members:
    if place == "output":
        return {"output": {"images": list(pictures)}}
    if place == "data":
        return {"data": {"image": pictures[0]}}
    return {place: pictures[0] if place in ("image", "preview") else list(pictures)}


@st.composite
def _progress(draw: st.DrawFn, count: int) -> list[Members]:
    """What each preview says of how far the generation is."""
    total, first = count * draw(st.integers(1, 3)), draw(st.integers(0, 1))
    steps = [first + number * total // max(count, 1) for number in range(count)]
    way = draw(st.sampled_from(("none", "steps", "diffusers", "share", "percent", "text", "stages")))
    return [_said(way, step, max(total, 1), number < count // 2) for number, step in enumerate(steps)]


def _said(way: str, step: int, total: int, is_early: bool) -> Members:
    share = min(step / total, 1.0)
    told: Mapping[str, Members] = {
        "none": {},
        "steps": {"step": step, "total_steps": total, "progress": share},
        "diffusers": {"step": step, "num_inference_steps": total},
        "share": {"progress": round(share, 2)},
        "percent": {"percentage": 100 * share},
        "text": {"step": f"{step}/{total}"},
        "stages": {"phase": "base" if is_early else "refiner", "step": step, "total_steps": total},
    }
    return told[way]


@st.composite
def _common_members(draw: st.DrawFn) -> Members:
    """Members that every event of the stream bears."""
    named: list[Members] = [{"request_id": "0f8fad5b-d9cb"}, {"error": None}, {"message": draw(_TEXTS)}, {"logs": []}]
    return {key: value for item in draw(st.lists(st.sampled_from(named), max_size=3)) for key, value in item.items()}


@st.composite
def _seeds(draw: st.DrawFn, seed: int | None) -> tuple[Members, Json]:
    """The seed as asked for, and as the result names it."""
    if seed is None:
        return draw(st.sampled_from(({}, {"seed": None}))), 42
    return {"seed": seed}, draw(st.sampled_from((seed, seed, str(seed))))


@st.composite
def _with_news(draw: st.DrawFn, previews: list[Members]) -> list[Members]:
    """The previews, with events before and between them that carry no picture."""
    news: tuple[Members, ...] = (
        {"status": "IN_QUEUE", "queue_position": 0},
        {"message": "loading the model", "eta": 3.5},
        {"type": "started", "id": "a"},
    )
    started = draw(st.lists(st.sampled_from(news), max_size=2, unique_by=str))
    between = draw(st.booleans())
    return [*started, *_interleaved(previews, {"message": "denoising"} if between else None)]


def _interleaved(previews: list[Members], news: Members | None) -> Iterator[Members]:
    for preview in previews:
        if news is not None:
            yield news
        yield preview
