"""One run of the suite against an endpoint: plan it, record its probes, judge what came back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from conformance.core import Ending, Headers, Transcript
from conformance.endpoint import Endpoint, resolve_plain_url, resolve_url
from conformance.evaluation import Report, evaluate
from conformance.exchanges import Exchanges
from conformance.payload import Json
from conformance.probe import Depth, Probe, load_probes
from conformance.recorders import Recorder
from conformance.selection import Profile, load_profile

__all__ = ["Ask", "Examination", "Plan", "check_endpoint", "examine", "plan_probes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A probe, how often it is asked, and how many requests that takes each time."""

    probe: Probe
    times: int = 1
    requests: int = 1

    @property
    def generations(self) -> int:
        """The most generations that it makes the endpoint compute."""
        return self.probe.generations * self.requests * self.times


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run will send, and what it will not.

    Attributes:
        asks: The probes in the order they are sent.
        not_asked: Why a probe is left out, by probe.
        warm_up: Whether one generation is sent first and not judged.
    """

    asks: tuple[Ask, ...]
    not_asked: Mapping[str, str]
    warm_up: bool = False

    @property
    def generations(self) -> int:
        """The most generations the endpoint will be made to compute."""
        return self.warm_up + sum(ask.generations for ask in self.asks)

    @property
    def requests(self) -> int:
        """Requests that will be sent, redirects aside."""
        interjections = sum(ask.times for ask in self.asks if ask.probe.interjection is not None)
        return self.warm_up + interjections + sum(ask.requests * ask.times for ask in self.asks)


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What was recorded.

    Attributes:
        transcripts: One transcript an exchange, in order; the warm-up is not among them.
        not_asked: Why a probe was left out, by probe.
    """

    transcripts: tuple[Transcript, ...]
    not_asked: Mapping[str, str]


def plan_probes(endpoint: Endpoint, *, depth: Depth = Depth.QUICK, repeat: int = 1, warm_up: bool = False) -> Plan:
    """Decide what to send.

    Args:
        endpoint: The endpoint.
        depth: How much may be spent.
        repeat: How many generations to record; timing rules take the best of them.
        warm_up: Send one generation first, so that a cold start is not judged.
    """
    asks: list[Ask] = []
    not_asked: dict[str, str] = {}
    for probe in load_probes().values():
        obstacle = probe.obstacle(endpoint)
        if probe.depth is Depth.FULL and depth is Depth.QUICK:
            obstacle = "it is asked at --depth full only"
        if obstacle is not None:
            not_asked[probe.name] = obstacle
        else:
            times = repeat if probe.name == "generation" else 1
            asks.append(Ask(probe=probe, times=times, requests=len(probe.requests(endpoint))))
    return Plan(asks=tuple(asks), not_asked=not_asked, warm_up=warm_up)


def examine(
    endpoint: Endpoint,
    plan: Plan,
    recorder: Recorder,
    *,
    on_transcript: Callable[[Transcript], None] = lambda transcript: None,
) -> Examination:
    """Send the planned probes one after the other.

    It stops early when the endpoint cannot be reached or the user interrupts; what was recorded is kept. After a
    generation that the recorder had to give up, no other is asked for: each could take as much time and memory.

    Args:
        endpoint: The endpoint.
        plan: What to send.
        recorder: Records each exchange.
        on_transcript: Told of each transcript as soon as it is complete.
    """
    not_asked = dict(plan.not_asked)
    queue = [ask.probe for ask in plan.asks for _ in range(ask.times)]
    transcripts: list[Transcript] = []
    stopped: str | None = None
    endless: str | None = None
    with Exchanges(endpoint, recorder, kept={probe.follows for probe in queue}) as exchanges:
        if plan.warm_up and queue:
            warmed = exchanges.ask(queue[0])
            stopped = _reason_to_stop(warmed, recorder)
            if stopped is not None:
                transcripts.extend(warmed)
        for probe in queue:
            reason = stopped or (endless if probe.generations else None)
            if reason is not None:
                not_asked.setdefault(probe.name, reason)
                continue
            recorded = exchanges.ask(probe)
            for transcript in recorded:
                on_transcript(transcript)
            transcripts.extend(recorded)
            stopped = _reason_to_stop(recorded, recorder)
            if probe.generations and any(item.end.ending is Ending.LIMIT_REACHED for item in recorded):
                endless = f"{probe.name} did not end within the recorder's limits"
    return Examination(transcripts=tuple(transcripts), not_asked=not_asked)


def check_endpoint(
    url: str,
    *,
    payload: Mapping[str, Json] | None = None,
    profile: Profile | str = "fal-image",
    headers: Headers = (),
    recorder: Recorder | None = None,
    depth: Depth = Depth.QUICK,
    repeat: int = 1,
    warm_up: bool = False,
    strict: bool = False,
    failing_payload: Mapping[str, Json] | None = None,
    plain_url: str | None = None,
) -> Report:
    """Check an endpoint and return the report.

    Args:
        url: An http(s) URL, or a fal id such as ``owner/app``.
        payload: The input of a generation; the profile's own by default.
        profile: A profile, or the name of a built-in one.
        headers: Further request headers, credentials included; they are sent but never kept.
        recorder: Records the exchanges; one with default limits if not given.
        depth: How much may be spent.
        repeat: How many generations to record.
        warm_up: Send one generation first that is not judged.
        strict: Count SHOULD like MUST.
        failing_payload: Input that makes the model fail midway; None if none is known.
        plain_url: The route without a stream, a URL or a path on the endpoint's host; None if there is none.

    Raises:
        UsageError: A URL or the profile is not valid.
    """
    judged_as = load_profile(profile) if isinstance(profile, str) else profile
    resolved = resolve_url(url)
    endpoint = Endpoint(
        url=resolved,
        payload=judged_as.payload if payload is None else payload,
        headers=headers,
        failing_payload=failing_payload,
        plain_url=resolve_plain_url(plain_url, resolved) if plain_url is not None else None,
    )
    plan = plan_probes(endpoint, depth=depth, repeat=repeat, warm_up=warm_up)
    examination = examine(endpoint, plan, recorder or Recorder())
    return evaluate(examination.transcripts, judged_as, not_asked=examination.not_asked, strict=strict)


def _reason_to_stop(recorded: Sequence[Transcript], recorder: Recorder) -> str | None:
    if recorder.interrupted:
        return "the run was interrupted"
    if all(transcript.end.ending in (Ending.UNREACHABLE, Ending.TLS_FAILED) for transcript in recorded):
        return "the endpoint could not be reached"
    return None
