"""I08: pictures behind http(s) urls are there when their event arrives."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urldefrag, urlsplit

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, Headers, Transcript, redact_url
from conformance.core.redaction import is_secret_name
from conformance.probing.picture_fetching import PICTURE_FETCH, picture_request
from conformance.samples import answer, event, final, good_events, picture, picture_bytes, preview, stream
from conformance.signs.frames import frame_of, locate
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.payload import Json
from conformance.stream.picture import Picture

_HOST = "https://v3.fal.media/files"
_REDIRECTS = (301, 302, 303, 307, 308)
# It asks who we are, or says that we ask too often: neither tells whether the picture is there.
_UNTOLD = (401, 407, 429)


def _shown(*names: str, content_type: str = "image/jpeg") -> Transcript:
    images: list[Json] = [picture(url=f"{_HOST}/{name}", content_type=content_type) for name in names]
    shown = (preview(step, len(images), image=item) for step, item in enumerate(images[:-1], start=1))
    return stream(*map(event, shown), event(final(images=images[-1:])))


def _fetched(
    name: str,
    status: int = 200,
    body: bytes | None = None,
    content_type: str = "image/jpeg",
    *,
    headers: Headers = (),
    ending: Ending = Ending.COMPLETE,
) -> Transcript:
    data = picture_bytes() if body is None else body
    got = answer(PICTURE_FETCH, status, data, content_type=content_type, headers=headers)
    return replace(got, request=picture_request(redact_url(f"{_HOST}/{name}")), end=replace(got.end, ending=ending))


@rule(
    id="I08",
    name="unfetchable-picture",
    requirement="A picture behind an http(s) URL can be fetched when its event arrives: 200, the declared type, and "
    "bytes that decode.",
    level=Level.SHOULD,
    basis=Basis.FAL,
    reference="https://fal.ai/docs/documentation/development/handle-inputs-and-outputs",
    rationale="Readers show a picture the moment its event is in, and do not try again. Fetched only where the user "
    "asked for it (`--fetch-results`), by GET, with no credentials, from the endpoint's own host, fal's and those "
    "that `--fetch-from` names; redirects within them are followed, `image/jpg` counts as `image/jpeg`, parameters of "
    "a type do not. A SHOULD, since one fetch from one place is a weak witness. Nothing is said of a host that cannot "
    "be reached from here or asks for credentials, of a CDN that says 429, of the endpoint's own host where it is "
    "silent (a server that does one thing at a time is busy with the stream), or past the bounds on a run.",
    consequence="The page shows a broken picture, for good where it was the final one, although the stream is right.",
    fix="Send the event after the upload has finished, with the Content-Type set at upload; or send previews as data "
    "URIs, which need no fetch.",
    requires=("I02", "I03"),
    passes=lambda: (
        sample("there at once", _shown("1.jpg", "2.jpg"), _fetched("1.jpg"), _fetched("2.jpg")),
        sample(
            "inline previews, the final only behind a URL",
            stream(*good_events()[:-1], event(final(images=[picture(url=f"{_HOST}/final.jpg")]))),
            _fetched("final.jpg"),
        ),
        sample("not fetched", _shown("1.jpg", "2.jpg")),
        sample("inline pictures only", stream(*good_events())),
        sample(
            "a signed URL",
            _shown("1.jpg?X-Amz-Expires=60&X-Amz-Signature=0123456789"),
            _fetched("1.jpg?X-Amz-Expires=60&X-Amz-Signature=0123456789"),
        ),
        sample("one URL in several events", _shown("1.jpg", "1.jpg#2", "1.jpg"), _fetched("1.jpg")),
        sample("a type with a parameter", _shown("1.jpg"), _fetched("1.jpg", content_type="Image/JPEG; q=95")),
        sample("image/jpg", _shown("1.jpg", content_type="image/jpg"), _fetched("1.jpg")),
        sample(
            "a type that Pillow does not know",
            _shown("1.svg", content_type="image/svg+xml"),
            _fetched("1.svg", body=b"<svg/>", content_type="image/svg+xml"),
        ),
        sample(
            "a redirect to another host, which is not followed",
            _shown("1.jpg"),
            _fetched("1.jpg", 302, b"", headers=(("location", "https://cdn.example.com/1.jpg"),)),
        ),
        sample(
            "a CDN that is asked too often", _shown("1.jpg", "2.jpg"), _fetched("1.jpg"), _fetched("2.jpg", 429, b"")
        ),
        sample("a CDN that asks for credentials", _shown("1.jpg"), _fetched("1.jpg", 401, b"")),
        sample("one of two fetched", _shown("1.jpg", "2.jpg"), _fetched("2.jpg")),
    ),
    fails=lambda: (
        sample("404 at first", _shown("1.jpg"), _fetched("1.jpg", 404, b"not yet", "text/plain")),
        sample("403, as S3 says of a file that is not there", _shown("1.jpg"), _fetched("1.jpg", 403, b"")),
        sample("a crash", _shown("1.jpg"), _fetched("1.jpg", 500, b"")),
        sample("a page in place of the picture", _shown("1.jpg"), _fetched("1.jpg", 200, b"<p>soon</p>", "text/html")),
        sample("another type than declared", _shown("1.jpg"), _fetched("1.jpg", content_type="image/png")),
        sample("uploaded without a type", _shown("1.jpg"), _fetched("1.jpg", content_type="binary/octet-stream")),
        sample(
            "PNG bytes that are called JPEG",
            _shown("1.jpg"),
            _fetched("1.jpg", body=picture_bytes(image_format="PNG")),
        ),
        sample("half a picture", _shown("1.jpg"), _fetched("1.jpg", body=picture_bytes()[:300])),
        sample("an empty file", _shown("1.jpg"), _fetched("1.jpg", body=b"")),
        sample("the final alone is missing", _shown("1.jpg", "2.jpg"), _fetched("1.jpg"), _fetched("2.jpg", 404, b"")),
    ),
)
def check(generation: Evidence, picture_fetch: tuple[Evidence, ...]) -> Iterator[Finding]:
    """Judge what each fetch says of its picture, and remark on those that say nothing."""
    pictures = _pictures(generation)
    asked = [(fetch, pictures[url]) for fetch in picture_fetch if (url := fetch.transcript.request.url) in pictures]
    untold = [reason for fetch, _ in asked if (reason := _why_untold(generation, fetch)) is not None]
    left = [url for url in pictures if url not in {fetch.transcript.request.url for fetch, _ in asked}]
    untold += [f"nothing was fetched from {urlsplit(url).hostname} (--fetch-from)" for url in left]
    if len(untold) == len(pictures):
        raise NotApplicable(untold[0] if untold else "fewer than 1 picture behind an http(s) URL: 0")
    told = [(fetch, shown) for fetch, shown in asked if _why_untold(generation, fetch) is None]
    yield from first_few(
        _finding(generation, *shown, fault) for fetch, shown in told if (fault := _fault(fetch, shown[1])) is not None
    )
    if untold:
        said = f"{len(untold)} of {len(pictures)} pictures behind http(s) URLs could not be judged: {untold[0]}"
        yield generation.finding(said, is_note=True)


def _pictures(generation: Evidence) -> dict[str, tuple[Event, Picture]]:
    """Each picture behind an http(s) URL, by the URL as a transcript keeps it, at its first event."""
    found: dict[str, tuple[Event, Picture]] = {}
    for shown in generation.events:
        for item in frame_of(generation, shown).pictures:
            if item.http_url is not None:
                found.setdefault(redact_url(urldefrag(item.http_url).url), (shown, item))
    return found


def _why_untold(generation: Evidence, fetch: Evidence) -> str | None:
    """Why a fetch tells nothing of its picture, or None."""
    host = urlsplit(fetch.transcript.request.url).hostname
    end, is_own = fetch.transcript.end, host == urlsplit(generation.transcript.request.url).hostname
    if end.ending.is_ours:
        return end.detail or "the fetch was given up"
    if fetch.head is None:
        is_unreachable = end.ending in (Ending.UNREACHABLE, Ending.TLS_FAILED) and not is_own
        is_busy = end.ending is Ending.TIMED_OUT and is_own
        return f"{host}: {end.detail or end.ending.value}" if is_unreachable or is_busy else None
    status, location = fetch.head.status, fetch.head.value("location")
    if status in _REDIRECTS and location:
        return f"{host} redirects to {urlsplit(location).hostname}, which is not fetched from (--fetch-from)"
    is_locked = status in (401, 403) and is_own and _has_key(generation)
    return f"{host} answers {status} to a fetch without credentials" if is_locked or status in _UNTOLD else None


def _has_key(generation: Evidence) -> bool:
    return any(is_secret_name(name) for name, _ in generation.transcript.request.headers)


def _fault(fetch: Evidence, item: Picture) -> str | None:
    end = fetch.transcript.end
    if fetch.head is not None and fetch.head.status != 200:
        return f"{item.url_path} is answered with {fetch.head.status}, expected 200"
    if fetch.why_not_whole is not None:
        return f"{item.url_path} cannot be fetched: {end.detail or fetch.why_not_whole}"
    return item.answer_fault(", ".join(fetch.response.values("content-type")), fetch.body)


def _finding(generation: Evidence, shown: Event, item: Picture, fault: str) -> Finding:
    parts = urlsplit(item.http_url or "")
    # A query may hold the signature of the URL, and says little to a person.
    address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    offset = locate(generation, shown, f'"{item.name}"')
    return generation.finding(f"{fault} ({address})", event=shown, offset=offset)
