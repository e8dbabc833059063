"""F08: the result says which seed was used."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.rules.final import result_of
from conformance.samples import event, final, good_events, picture, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding
from conformance.stream.payload import Json, walk

_SEEDED: dict[str, Json] = {"prompt": "a red disc", "seed": 42}
_NAMES = frozenset({"seed", "seeds", "used_seed"})


@rule(
    id="F08",
    name="seed-missing",
    requirement="The result names the seed that was used, where the input has one.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://fal.ai/docs/documentation/model-apis/inference/streaming",
    rationale="fal's documented result has a `seed`. Whether an endpoint takes one is known only from a request that "
    "carries it, null included, so other requests are not judged. The value is not compared for a verdict, since an "
    "endpoint may clamp it and say so: another value is a note.",
    consequence="A picture that the user likes cannot be made again, least of all when the seed was drawn at random.",
    fix="Draw the seed before the generator starts when none is given, and put it into the final payload.",
    requires=("F01",),
    passes=lambda: (
        sample("the seed that was asked for", stream(*good_events(), payload=_SEEDED)),
        sample("a drawn seed", stream(*good_events(), payload={"prompt": "a red disc", "seed": None})),
        sample(
            "a seed for every picture",
            stream(*good_events()[:-1], event(final(seed=None, images=[picture(seed=42)])), payload=_SEEDED),
        ),
        sample("another seed, truly reported", stream(*good_events()[:-1], event(final(seed=7)), payload=_SEEDED)),
        sample("a request without a seed", stream(*good_events()[:-1], event(final(seed=None)))),
    ),
    fails=lambda: (
        sample("no seed in the result", stream(*good_events()[:-1], event(final(seed=None)), payload=_SEEDED)),
        sample(
            "null for the drawn seed",
            stream(
                *good_events()[:-1],
                event({**final(), "seed": None}),
                payload={"prompt": "a red disc", "seed": None},
            ),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Search the final payload for a seed, at any depth."""
    asked = generation.asked.members
    if "seed" not in asked:
        raise NotApplicable("the request has no 'seed', so nothing says that this endpoint takes one")
    last = result_of(generation)
    used = [value for path, value in walk(last.payload.value) if _is_seed(path) and value is not None]
    if not used:
        yield generation.finding(
            f"the request has 'seed': {asked['seed']!r} and the final event has no 'seed', expected the one used",
            event=last,
        )
    elif asked["seed"] is not None and asked["seed"] not in used:
        yield generation.finding(
            f"the final event says that the seed was {used[0]!r}, the request asked for {asked['seed']!r}",
            event=last,
            is_note=True,
        )


def _is_seed(path: str) -> bool:
    return path.rpartition(".")[2].partition("[")[0] in _NAMES
