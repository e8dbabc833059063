"""What is simulated: good runs and violators, and the rules that are to be quiet or to fire."""

import zlib
from dataclasses import dataclass
from functools import partial

from benchmarks.power.films import backwards, estimates, filmed, frozen, latents, of_another
from benchmarks.power.network import FAST, SLOW
from benchmarks.power.recordings import Recording, beating, bent, compressed, good, hasty, hung_up
from benchmarks.power.violators import (
    closed_late,
    first_event_late,
    head_late,
    held_back,
    in_blocks,
    kept,
    stalled,
)
from conformance.core import Ending

__all__ = ["SCENARIOS", "Scenario"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One kind of endpoint.

    Attributes:
        name: What its runs are, in words that follow a number of them.
        is_good: Whether the rules are to be quiet on it; otherwise one of them is to fire.
        rules: The rules that are judged.
        record: Draws the transcripts of one check.
        runs: How many checks are simulated, by the number of generations of each.
    """

    name: str
    is_good: bool
    rules: tuple[str, ...]
    record: Recording
    runs: tuple[tuple[int, int], ...]


_CADENCE = ("C01", "C02", "C03", "C04", "C05", "C06", "C07", "C08", "F04")
_LINES = (("fast", FAST), ("slow", SLOW))
_ONCE = ((1, 500),)
_BOTH = ((1, 500), (3, 200))


def _good(rules: tuple[str, ...], name: str, record: Recording, *runs: tuple[int, int]) -> Scenario:
    return Scenario(name=name, is_good=True, rules=rules, record=record, runs=runs)


def _bad(name: str, record: Recording, *rules: str, runs: tuple[tuple[int, int], ...] = _BOTH) -> Scenario:
    return Scenario(name=name, is_good=False, rules=rules, record=record, runs=runs)


_GOOD = (
    _good(_CADENCE, "good runs", good, (1, 4000), (3, 1000)),
    _good(
        ("C01", "C02", "C04", "C05", "C07"),
        "good runs of which the first waits 12 to 60 s for a cold start",
        partial(good, cold_seconds=(12, 60), cold_share=1.0),
        (1, 1000),
        (3, 1000),
    ),
    _good(
        ("C08",),
        "good runs with a comment every 1 to 5 s",
        partial(beating, every_seconds=(1.0, 1.0, 2.0, 5.0)),
        (1, 2000),
        (3, 500),
    ),
    _good(("H12",), "good runs with gzip", partial(compressed, flush=zlib.Z_SYNC_FLUSH), (1, 3000)),
    _good(("I06", "I11"), "good runs with pictures of noise in octaves", partial(filmed, show=estimates), (1, 1000)),
    _good(("R01",), "good runs after a hang-up", partial(hung_up, is_held=False), (1, 2000), (3, 500)),
)

_LATE = (
    *(_bad(f"runs with the head after {late} s", partial(bent, bend=head_late(late)), "C01") for late in (12, 20)),
    *(
        _bad(
            f"runs with the first event after {late} s",
            partial(bent, bend=first_event_late(late), ping_seconds=10.0),
            "C02",
        )
        for late in (35, 45)
    ),
    *(_bad(f"runs with a silence of {long} s", partial(bent, bend=stalled(long)), "C03") for long in (22, 30, 60)),
    *(
        _bad(
            f"runs with a stall of {long} s, comments going on",
            partial(bent, bend=stalled(long), ping_seconds=5.0),
            "C06",
        )
        for long in (12, 15, 20)
    ),
    *(
        _bad(f"runs closed {late} s after the final", partial(bent, bend=closed_late(late)), "F04", runs=_ONCE)
        for late in (3, 5)
    ),
    _bad(
        "runs held open until the recorder gave up",
        partial(bent, bend=closed_late(60), ending=Ending.TIMED_OUT),
        "F04",
        runs=_ONCE,
    ),
)

_BUFFERED = tuple(
    scenario
    for line, lines in _LINES
    for scenario in (
        _bad(f"runs kept to the end, over a {line} line", partial(bent, bend=kept, lines=lines), "C04"),
        *(
            _bad(
                f"runs sent in blocks of {size} KiB, over a {line} line",
                partial(bent, bend=in_blocks(size * 1024), lines=lines),
                "C04",
                "C07",
            )
            for size in (2, 4, 64)
        ),
        _bad(
            f"runs whose line breaks come with the next event, over a {line} line",
            partial(bent, bend=held_back(1), lines=lines),
            "C07",
        ),
        _bad(
            f"runs with gzip without a flush, over a {line} line",
            partial(compressed, flush=None, lines=lines),
            "H12",
            runs=_ONCE,
        ),
    )
)

_FAST = (
    *(
        _bad(f"runs with a preview every {apart} ms", partial(hasty, every_seconds=apart / 1000), "C05")
        for apart in (20, 50, 80)
    ),
    *(
        _bad(f"runs with {rate} comments a second", partial(beating, every_seconds=(1 / rate,)), "C08")
        for rate in (2, 5, 50)
    ),
)

_FILMS = (
    _bad("runs that show one frame again and again", partial(filmed, show=frozen), "I06", runs=_ONCE),
    _bad("runs whose previews go backwards", partial(filmed, show=backwards), "I06", runs=_ONCE),
    _bad("runs with the previews of another request", partial(filmed, show=of_another), "I06", runs=_ONCE),
    *(
        _bad(
            f"runs with raw latents of {side} pixels a side",
            partial(filmed, show=latents, sides_pixels=(side,)),
            "I11",
            runs=_ONCE,
        )
        for side in (256, 512, 1024)
    ),
)

_HELD = (_bad("runs in which the next request waits for the abandoned one", partial(hung_up, is_held=True), "R01"),)

SCENARIOS = (*_GOOD, *_LATE, *_BUFFERED, *_FAST, *_FILMS, *_HELD)
