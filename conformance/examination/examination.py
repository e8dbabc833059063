"""One run of the suite against an endpoint: plan it, record its probes, judge what came back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.core import Ending, Headers, Transcript
from conformance.examination.exchanges import Exchanges
from conformance.examination.picture_fetcher import PictureFetcher
from conformance.judging.evaluation import evaluate
from conformance.judging.known_failures import KnownFailures
from conformance.judging.report import GENERATION, Report
from conformance.judging.rule_set import LATEST, RuleSet
from conformance.probing.endpoint import Endpoint, Method, resolve_own_route, resolve_url
from conformance.probing.picture_fetching import MOST_PICTURES, PICTURE_FETCH, PictureFetching
from conformance.probing.probe import Depth, Probe, load_probes
from conformance.profiles.profile import Profile
from conformance.profiles.profile_file import load_profile
from conformance.recorders import Recorder
from conformance.stream.payload import Json

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
        fetching: Which pictures of the first judged generation are fetched; None for none.
    """

    asks: tuple[Ask, ...]
    not_asked: Mapping[str, str]
    warm_up: bool = False
    fetching: PictureFetching | None = None

    @property
    def generations(self) -> int:
        """The most generations the endpoint will be made to compute."""
        return self.warm_up + sum(ask.generations for ask in self.asks)

    @property
    def requests(self) -> int:
        """Requests that will be sent, redirects and fetches of pictures aside."""
        interjections = sum(ask.times for ask in self.asks if ask.probe.interjection is not None)
        return self.warm_up + interjections + sum(ask.requests * ask.times for ask in self.asks)

    @property
    def fetches(self) -> int:
        """The most pictures behind http(s) URLs that will be fetched beside."""
        return MOST_PICTURES if self.fetching is not None else 0


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What was recorded.

    Attributes:
        transcripts: One transcript an exchange, in order; the warm-up is not among them.
        not_asked: Why a probe was left out, by probe.
    """

    transcripts: tuple[Transcript, ...]
    not_asked: Mapping[str, str]


def plan_probes(
    endpoint: Endpoint,
    *,
    depth: Depth = Depth.QUICK,
    repeat: int = 1,
    warm_up: bool = False,
    fetching: PictureFetching | None = None,
) -> Plan:
    """Decide what to send.

    Args:
        endpoint: The endpoint.
        depth: How much may be spent.
        repeat: How many generations to record; timing rules take the best of them.
        warm_up: Send one generation first, so that a cold start is not judged.
        fetching: Fetch the pictures of the first judged generation that stand behind http(s) URLs; None not to.
    """
    asks: list[Ask] = []
    not_asked: dict[str, str] = {}
    for probe in load_probes().values():
        obstacle = probe.obstacle(endpoint)
        if endpoint.method is Method.GET and not probe.asks_with_get:
            obstacle = "the profile says that the stream is read with GET"
        if probe.depth is Depth.FULL and depth is Depth.QUICK:
            obstacle = "it is asked at --depth full only"
        if obstacle is not None:
            not_asked[probe.name] = obstacle
        else:
            times = repeat if probe.name == "generation" else 1
            asks.append(Ask(probe=probe, times=times, requests=len(probe.requests(endpoint))))
    return Plan(asks=tuple(asks), not_asked=not_asked, warm_up=warm_up, fetching=fetching)


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
    fetchers = {GENERATION: PictureFetcher(plan.fetching, endpoint, recorder)} if plan.fetching is not None else {}
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
            fetcher = fetchers.pop(probe.name, None)
            recorded = exchanges.ask(probe, on_events=fetcher.on_events) if fetcher else exchanges.ask(probe)
            fetched = fetcher.finish() if fetcher else ()
            if fetcher is not None and not fetched:
                not_asked[PICTURE_FETCH] = fetcher.why_none
            for transcript in (*recorded, *fetched):
                on_transcript(transcript)
            transcripts += (*recorded, *fetched)
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
    cancel_url: str | None = None,
    fetch_results: bool = False,
    fetch_from: Iterable[str] = (),
    baseline: Iterable[Transcript] = (),
    known_failures: KnownFailures | None = None,
    rule_set: RuleSet = LATEST,
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
        cancel_url: The route that cancels a stream, a URL or a path on the endpoint's host; None if there is none.
        fetch_results: Fetch pictures behind http(s) URLs of the endpoint's host or fal's.
        fetch_from: Hosts to fetch them from as well.
        baseline: Generations recorded before, with which the times are compared.
        known_failures: Rules that are expected to fall short; none by default.
        rule_set: Which rules count; all of this version by default.

    Raises:
        UsageError: A URL or the profile is not valid.
    """
    judged_as = load_profile(profile) if isinstance(profile, str) else profile
    resolved = resolve_url(url)
    endpoint = Endpoint(
        url=resolved,
        method=judged_as.method,
        payload=judged_as.payload if payload is None else payload,
        headers=headers,
        failing_payload=failing_payload,
        plain_url=resolve_own_route(plain_url, resolved, name="plain") if plain_url is not None else None,
        cancel_url=resolve_own_route(cancel_url, resolved, name="cancel") if cancel_url is not None else None,
    )
    fetching = PictureFetching(conventions=judged_as.conventions, further_hosts=frozenset(fetch_from))
    plan = plan_probes(
        endpoint, depth=depth, repeat=repeat, warm_up=warm_up, fetching=fetching if fetch_results else None
    )
    examination = examine(endpoint, plan, recorder or Recorder())
    return evaluate(
        examination.transcripts,
        judged_as,
        known_failures=known_failures,
        rule_set=rule_set,
        not_asked=examination.not_asked,
        strict=strict,
        baseline=baseline,
    )


def _reason_to_stop(recorded: Sequence[Transcript], recorder: Recorder) -> str | None:
    if recorder.interrupted:
        return "the run was interrupted"
    if all(transcript.end.ending in (Ending.UNREACHABLE, Ending.TLS_FAILED) for transcript in recorded):
        return "the endpoint could not be reached"
    return None
