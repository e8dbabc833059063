"""I09: different previews have different urls."""

from collections.abc import Iterator
from itertools import groupby

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.samples import event, final, good_events, picture, preview, stream
from conformance.signs.frames import frame_of, locate
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.payload import Json

_LEAST = 3
_HOST = "https://cdn.example.com"

_Seen = tuple[Event, str]


def _shown_at(*urls: str, **members: Json) -> Transcript:
    images = (picture(url=url, width=None, height=None) for url in urls)
    shown = (preview(step, len(urls), image=item, **members) for step, item in enumerate(images, start=1))
    return stream(*map(event, shown), event(final()))


@rule(
    id="I09",
    name="reused-url",
    requirement="Different previews are never served from one URL.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://www.rfc-editor.org/rfc/rfc9111#section-4",
    rationale="A cache may answer for a URL that it has seen, and a file that is overwritten shows a later step than "
    "the event meant. URLs are not fetched, so only what can be nothing else counts: a URL that comes back after "
    "another one, or one for all of three or more previews. A URL repeated in a row may be one picture announced "
    "twice. Queries count, since they keep caches apart; fragments do not. Data URIs are I06's.",
    consequence="Browsers show the first preview from their cache and never another, or a picture that changes "
    "under the reader.",
    fix='Put the request and the step in the name, f"{request_id}/{step}.jpg", or in a query.',
    requires=("I04",),
    passes=lambda: (
        sample("a file for each step", _shown_at(*(f"{_HOST}/{step}.jpg" for step in (1, 2, 3)))),
        sample(
            "a query that keeps caches apart", _shown_at(*(f"{_HOST}/preview.jpg?step={step}" for step in (1, 2, 3)))
        ),
        sample("a preview announced twice", _shown_at(*(f"{_HOST}/{step}.jpg" for step in (1, 1, 2, 2)))),
        sample(
            "an echoed input picture beside each preview",
            _shown_at(*(f"{_HOST}/{step}.jpg" for step in (1, 2, 3)), source=picture(url=f"{_HOST}/in.jpg")),
        ),
        sample("data URIs", stream(*good_events())),
    ),
    fails=lambda: (
        sample("one name for all previews", _shown_at(*[f"{_HOST}/preview.jpg"] * 3)),
        sample("two names in turn", _shown_at(*(f"{_HOST}/{step % 2}.jpg" for step in range(4)))),
        sample("only the fragment differs", _shown_at(*(f"{_HOST}/preview.jpg#{step}" for step in (1, 2, 3)))),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Follow the URLs of each place in the payload through the previews."""
    places: dict[str, list[_Seen]] = {}
    for shown in generation.previews:
        for item in frame_of(generation, shown).pictures:
            if item.url is not None and item.data_uri is None:
                places.setdefault(item.path, []).append((shown, item.url.partition("#")[0]))
    most = max(map(len, places.values()), default=0)
    if most < 2:
        raise NotApplicable(f"fewer than 2 previews behind http(s) URLs: {most}")
    yield from first_few(finding for seen in places.values() for finding in _reused(generation, seen))


def _reused(generation: Evidence, seen: list[_Seen]) -> Iterator[Finding]:
    in_a_row = [(url, list(group)) for url, group in groupby(seen, key=lambda entry: entry[1])]
    known: set[str] = set()
    for url, group in in_a_row:
        if url in known:
            yield _finding(generation, group[0][0], url, "comes back after another URL")
        known.add(url)
    if len(in_a_row) == 1 and len(seen) >= _LEAST:
        yield _finding(generation, seen[1][0], seen[0][1], f"stands for all {len(seen)} previews")


def _finding(generation: Evidence, event: Event, url: str, said: str) -> Finding:
    message = f"{url!r} {said}, expected a URL of its own for each preview"
    return generation.finding(message, event=event, offset=locate(generation, event, url))
