"""R06: Unicode and long prompts survive."""

from collections.abc import Iterator
from dataclasses import replace

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, StreamEnd, Transcript
from conformance.samples import answer, event, final, good_events, stream
from conformance.signs.applicability import require_whole
from conformance.signs.frames import locate
from conformance.signs.text_damage import damage
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.location import offset_of
from conformance.stream.payload import Json, parse_payload, walk

_UNICODE = 'a red disc, \U0001f469\u200d\U0001f680, cafe\u0301, \u05e9\u05dc\u05d5\u05dd, \U00020bb7\u91ce, "so"'
_LONG = "a red disc, " * 500
_LENGTH_REFUSED = (413, 414, 431)
_NAMES = {"unicode_prompt": "a prompt in Unicode", "long_prompt": "a long prompt"}
_EXPECTED = "expected a stream as for the usual prompt"


def _unicode(*pieces: bytes, ending: Ending = Ending.COMPLETE) -> Transcript:
    return stream(*pieces, probe="unicode_prompt", payload={"prompt": _UNICODE}, ending=ending)


def _echoing(prompt: str) -> Transcript:
    return _unicode(*good_events()[:-1], event(final(prompt=prompt)))


def _whole() -> Transcript:
    return _echoing(_UNICODE)


def _long(*pieces: bytes, ending: Ending = Ending.ABANDONED) -> Transcript:
    sent = pieces or good_events()[:2]
    return stream(*sent, probe="long_prompt", payload={"prompt": _LONG}, ending=ending, end_after_ms=0)


def _refused(probe: str, status: int, body: Json | bytes = b"", retry_after: str | None = None) -> Transcript:
    return answer(probe, status, body, headers=(("retry-after", retry_after),) if retry_after else ())


@rule(
    id="R06",
    name="unusual-prompt-breaks",
    requirement="A prompt in any script, or of thousands of characters, is drawn, or refused with a reason.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://www.rfc-editor.org/rfc/rfc8259#section-8.1",
    rationale="Whoever writes Japanese, pastes a page or adds an emoji must not crash the worker, and a picture of "
    "other words than those sent is wrong without anybody knowing. A 4xx with `detail` is honest, whatever limit it "
    "tells, and noted; so is a prompt that comes back cut off, normalised or rewritten. Without `detail` only 413, 414 "
    "and 431 say why, and of the length. A refusal for load (429, 503 with Retry-After) says nothing.",
    consequence="Users of other scripts get a server error, a stream that stops short, or a picture of something else.",
    fix='Handle text as str throughout, name UTF-8 wherever it becomes bytes (`text.encode("utf-8")`), build JSON with '
    "json.dumps and never by hand, let the tokenizer truncate (truncation=True), and declare max_length on the field.",
    # What a usual prompt ends like is compared with.
    requires=("F01",),
    passes=lambda: (
        sample("both survive", stream(*good_events()), _whole(), _long()),
        sample(
            "a prompt that is not repeated",
            stream(*good_events()),
            _unicode(*good_events()[:-1], event(final(prompt=None))),
            _long(),
        ),
        sample("cut off at the end", stream(*good_events()), _echoing(_UNICODE[:16]), _long()),
        sample("normalised", stream(*good_events()), _echoing(_UNICODE.replace("e\u0301", "\u00e9")), _long()),
        sample("rewritten", stream(*good_events()), _echoing("A crimson disc, really??? By a caf\u00e9"), _long()),
        sample(
            "a long prompt refused",
            stream(*good_events()),
            _whole(),
            _refused("long_prompt", 422, {"detail": "at most 2000 characters"}),
        ),
        sample("413 to a long prompt", stream(*good_events()), _whole(), _refused("long_prompt", 413)),
        sample(
            "Unicode refused with a reason, which is noted",
            stream(*good_events()),
            _refused("unicode_prompt", 422, {"detail": "the prompt must be one line"}),
            _long(),
        ),
        sample(
            "503 with Retry-After, which is about load",
            stream(*good_events()),
            _refused("unicode_prompt", 503, retry_after="5"),
            _long(),
        ),
        sample("429 to both", stream(*good_events()), _refused("unicode_prompt", 429), _refused("long_prompt", 429)),
        sample(
            "a short whole stream for the long one",
            stream(*good_events()),
            _whole(),
            _long(event(final()), ending=Ending.COMPLETE),
        ),
    ),
    fails=lambda: (
        sample("500 to Unicode", stream(*good_events()), _refused("unicode_prompt", 500, b"error"), _long()),
        sample("500 to a long prompt", stream(*good_events()), _whole(), _refused("long_prompt", 500, b"error")),
        sample("400 to Unicode without a reason", stream(*good_events()), _refused("unicode_prompt", 400), _long()),
        sample(
            "question marks", stream(*good_events()), _echoing(_UNICODE.encode("ascii", "replace").decode()), _long()
        ),
        sample("UTF-8 read as Latin-1", stream(*good_events()), _echoing(_UNICODE.encode().decode("latin-1")), _long()),
        sample(
            "only ASCII left", stream(*good_events()), _echoing(_UNICODE.encode("ascii", "ignore").decode()), _long()
        ),
        sample(
            "JSON that is built by hand",
            stream(*good_events()),
            _unicode(*good_events()[:-1], f'data: {{"image": {{}}, "prompt": "{_UNICODE}"}}\n\n'.encode()),
            _long(),
        ),
        sample("an error event", stream(*good_events()), _unicode(event({"error": "UnicodeEncodeError"})), _long()),
        sample(
            "an error event for a long prompt",
            stream(*good_events()),
            _whole(),
            _long(event({"error": "index out of range"}), ending=Ending.COMPLETE),
        ),
        sample(
            "a stream cut off", stream(*good_events()), _unicode(*good_events()[:1], ending=Ending.TRUNCATED), _long()
        ),
        sample("silence for good", stream(*good_events()), _unicode(ending=Ending.TIMED_OUT), _long()),
        sample("a clean end without a picture", stream(*good_events()), _unicode(), _long()),
        sample("a clean end without the final", stream(*good_events()), _unicode(*good_events()[:2]), _long()),
        sample(
            "the connection reset instead of an answer",
            stream(*good_events()),
            _whole(),
            replace(_long(), head=None, chunks=(), end=StreamEnd(ending=Ending.RESET, at_ns=500_000_000)),
        ),
    ),
)
def check(generation: Evidence, unicode_prompt: Evidence, long_prompt: Evidence) -> Iterator[Finding]:
    """Judge how each was answered, and what became of the characters that came back."""
    require_whole(generation)
    judged = [item for item in (unicode_prompt, long_prompt) if not _is_for_load(item)]
    if not judged:
        raise NotApplicable("both prompts were refused for load")
    for item in judged:
        is_stream = item.head is not None and item.head.status == 200
        yield from first_few(_stream_faults(generation, item)) if is_stream else _refusal(item)


def _is_for_load(item: Evidence) -> bool:
    head, end = item.head, item.transcript.end.ending
    if head is None:
        return end is Ending.ABANDONED
    return head.status == 429 or (head.status == 503 and head.value("retry-after") is not None)


def _refusal(item: Evidence) -> Iterator[Finding]:
    """What is wrong with an answer that is no stream."""
    name = _NAMES[item.probe]
    if item.head is None:
        end = item.transcript.end
        yield item.finding(f"no answer to {name} ({end.detail or end.ending.value}), {_EXPECTED}", at_ns=end.at_ns)
        return
    status, offset = item.head.status, 0 if item.body else None
    if not 400 <= status < 500:
        yield item.finding(f"the status is {status} for {name}, {_EXPECTED}", offset=offset)
    elif parse_payload(item.body.decode("utf-8", "replace")).members.get("detail"):
        yield item.finding(f"the status is {status} for {name}: there is a limit", offset=offset, is_note=True)
    elif item.probe == "unicode_prompt" or status not in _LENGTH_REFUSED:
        yield item.finding(f"the status is {status} for {name}, without a `detail` that says why", offset=offset)


def _stream_faults(generation: Evidence, item: Evidence) -> Iterator[Finding]:
    """What the usual prompt's stream does not have; where it is broken, nothing is said of its text."""
    broken = _broken_event(generation, item) or _bad_end(generation, item)
    if broken is not None:
        yield broken
        return
    for event_ in item.events:
        for path, echoed in walk(event_.payload.value):
            sent = item.asked.members.get("prompt")
            if path.rpartition(".")[2] == "prompt" and isinstance(echoed, str) and isinstance(sent, str):
                yield from _damaged(item, event_, sent, echoed)


def _broken_event(generation: Evidence, item: Evidence) -> Finding | None:
    name = _NAMES[item.probe]
    for event_ in item.events:
        if event_ in item.error_events and not generation.error_events:
            return item.finding(f"event {event_.index} is an error for {name}, {_EXPECTED}", event=event_)
        if not event_.payload.is_valid and all(usual.payload.is_valid for usual in generation.events):
            offset = offset_of(item, event_, event_.payload.error_position)
            read = f"event {event_.index} is no JSON for {name} ({event_.payload.error})"
            return item.finding(f"{read}, {_EXPECTED}", event=event_, offset=offset)
    return None


def _bad_end(generation: Evidence, item: Evidence) -> Finding | None:
    end, name = item.transcript.end, _NAMES[item.probe]
    if end.ending.is_ours:
        return None
    if not end.ending.is_clean:
        detail = f" ({end.detail})" if end.detail else ""
        read = f"the stream ended as {end.ending.value}{detail} after {len(item.events)} event(s)"
    elif not item.result_events:
        read = "the stream ended without a result"
    elif generation.marked_finals and not item.marked_finals:
        read = "the stream ended without its final event"
    else:
        return None
    return item.finding(f"{read} for {name}, {_EXPECTED}", event=item.last_event, at_ns=end.at_ns)


def _damaged(item: Evidence, event_: Event, sent: str, echoed: str) -> Iterator[Finding]:
    what = damage(sent, echoed)
    if what is not None:
        yield item.finding(
            f"the prompt comes back as {echoed!r} in event {event_.index}: of the characters that are not ASCII, "
            f"{what.value}, expected {sent!r}",
            event=event_,
            offset=locate(item, event_, '"prompt"'),
        )
