"""What a user asked for, read and checked before anything is sent. The command line and pytest share it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from conformance import arguments
from conformance.archive import read_baseline
from conformance.catalogue import load_catalogue
from conformance.core import Transcript, UsageError
from conformance.judging.evaluation import evaluate
from conformance.judging.known_failures import KnownFailures, parse_known_failures
from conformance.judging.past_report import PastReport, parse_past_report
from conformance.judging.report import GENERATION, Report
from conformance.judging.rule_set import LATEST, RuleSet, load_rule_set
from conformance.judging.selection import select_rules
from conformance.probing.endpoint import Endpoint, resolve_own_route, resolve_url
from conformance.probing.picture_fetching import PictureFetching
from conformance.profiles.profile import Profile
from conformance.real_fal_js import read_with_real_fal_js, real_fal_js_outcome
from conformance.recorders import Recorder, RecordingLimits, RecordingObserver
from conformance.stream.evidence import Evidence

__all__ = ["JudgingSettings", "RequestSettings"]


@dataclass(frozen=True, kw_only=True)
class JudgingSettings:
    """How transcripts are judged.

    Attributes:
        profile: The profile.
        selected: Ids of the rules to report.
        known_failures: Rules that are expected to fall short.
        rule_set: The rules that count.
        strict: Whether SHOULD counts like MUST.
        baseline: Generations recorded before, with which those of a run are compared.
        uses_real_clients: Whether the real fal-js reads the stream as well as its model.
        past: An earlier report to be compared with, or None.
    """

    profile: Profile
    selected: frozenset[str]
    known_failures: KnownFailures
    rule_set: RuleSet
    strict: bool
    baseline: tuple[Transcript, ...] = ()
    uses_real_clients: bool = False
    past: PastReport | None = None

    @classmethod
    def read(
        cls,
        *,
        profile: str | None = None,
        schema: str | None = None,
        select: str | None = None,
        ignore: str | None = None,
        known_failures: str | None = None,
        rules: str | None = None,
        strict: bool = False,
        baseline: Iterable[str] = (),
        real_clients: bool = False,
        since: str | None = None,
        today: date | None = None,
    ) -> "JudgingSettings":
        """Read the texts a user typed.

        Args:
            profile: A built-in profile's name, or a path to a .toml file.
            schema: What every event must match: a path, or a path and a JSON pointer (``FILE#/POINTER``).
            select: Rules or families, separated by commas.
            ignore: Rules or families, separated by commas.
            known_failures: A path.
            rules: A rule set's name.
            strict: Whether SHOULD counts like MUST.
            baseline: Paths of transcripts, or of folders of them.
            real_clients: Whether the real fal-js reads the stream as well as its model.
            since: A path of a JSON report that an earlier run wrote.
            today: The day on which known failures are expired or not; by default the present one, in UTC.

        Raises:
            UsageError: One of them is not valid.
        """
        catalogue = load_catalogue()
        chosen = arguments.read_profile(profile or "fal-image")
        chosen.validate(catalogue)
        if schema is not None:
            declared = replace(chosen.conventions, schema=arguments.read_event_schema(schema))
            chosen = replace(chosen, conventions=declared)
        if real_clients:
            read_with_real_fal_js(())  # whether it is there is known before anything is spent
        text = arguments.read_text(known_failures, "the list of known failures") if known_failures else ""
        return cls(
            profile=chosen,
            selected=select_rules(catalogue, select=_split(select), ignore=_split(ignore)),
            known_failures=parse_known_failures(text, catalogue, today=today or datetime.now(UTC).date()),
            rule_set=load_rule_set(rules or LATEST.name, catalogue),
            strict=strict,
            baseline=tuple(transcript for path in baseline for transcript in read_baseline(Path(path))),
            uses_real_clients=real_clients,
            past=_past(since) if since is not None else None,
        )

    def judge(self, transcripts: Iterable[Transcript], not_asked: Mapping[str, str] | None = None) -> Report:
        """Judge transcripts."""
        report = evaluate(
            transcripts,
            self.profile,
            selected=self.selected,
            known_failures=self.known_failures,
            rule_set=self.rule_set,
            not_asked=not_asked,
            strict=self.strict,
            baseline=self.baseline,
        )
        report = replace(report, past=self.past)
        return self._with_real_clients(report) if self.uses_real_clients and report.clients else report

    def _with_real_clients(self, report: Report) -> Report:
        answered = (item for item in report.transcripts if item.probe == GENERATION and item.head is not None)
        real = real_fal_js_outcome(Evidence(next(answered), self.profile.conventions))
        return replace(report, clients=(*report.clients, real))


@dataclass(frozen=True, kw_only=True)
class RequestSettings:
    """How the endpoint is asked, as texts a user typed.

    Attributes:
        payload: JSON or ``@FILE``; None for the profile's own.
        headers: ``Name: value`` lines.
        key_from: An environment variable to send as the key, in the way of the profile (``Authorization: Key …``).
        failing_payload: Input that makes the model fail midway, JSON or ``@FILE``; None if none is known.
        plain_url: The route without a stream, a URL or a path on the endpoint's host; None if there is none.
        cancel_url: The route that cancels a stream, a URL or a path on the endpoint's host; None if there is none.
        fetch_results: Whether pictures behind http(s) URLs are fetched.
        fetch_from: Hosts to fetch them from, beside the endpoint's own and fal's.
        ca_file: A PEM file with further authorities.
        http2: Offer HTTP/2.
        limits: Bounds of each exchange.
    """

    payload: str | None = None
    headers: tuple[str, ...] = ()
    key_from: str | None = None
    failing_payload: str | None = None
    plain_url: str | None = None
    cancel_url: str | None = None
    fetch_results: bool = False
    fetch_from: tuple[str, ...] = ()
    ca_file: str | None = None
    http2: bool = False
    limits: RecordingLimits = field(default_factory=RecordingLimits)

    def endpoint(self, url: str, profile: Profile, environment: Mapping[str, str]) -> Endpoint:
        """The endpoint to ask.

        Raises:
            UsageError: A URL, a payload or a header is not valid.
        """
        resolved = resolve_url(url)
        headers = arguments.parse_headers(
            self.headers, url=resolved, key_from=self.key_from, environment=environment, auth=profile.auth
        )
        payload = profile.payload if self.payload is None else arguments.parse_payload_argument(self.payload)
        failing = arguments.parse_payload_argument(self.failing_payload) if self.failing_payload is not None else None
        return Endpoint(
            url=resolved,
            method=profile.method,
            payload=payload,
            headers=headers,
            failing_payload=failing,
            plain_url=_route(self.plain_url, resolved, name="plain"),
            cancel_url=_route(self.cancel_url, resolved, name="cancel"),
        )

    def fetching(self, profile: Profile) -> PictureFetching | None:
        """Which pictures to fetch, or None for none.

        Raises:
            UsageError: A host is not valid, or hosts are given and nothing is to be fetched.
        """
        hosts = arguments.parse_hosts(self.fetch_from)
        if hosts and not self.fetch_results:
            raise UsageError("--fetch-from says where to fetch from, and needs --fetch-results")
        return PictureFetching(conventions=profile.conventions, further_hosts=hosts) if self.fetch_results else None

    def recorder(self, observer: RecordingObserver | None = None) -> Recorder:
        """A recorder.

        Raises:
            UsageError: The file of authorities cannot be read, or holds none.
        """
        if self.ca_file is not None:
            arguments.check_authorities(self.ca_file)
        return Recorder(limits=self.limits, http2=self.http2, ca_file=self.ca_file, observer=observer)


def _past(path: str) -> PastReport:
    return parse_past_report(arguments.read_text(path, "the earlier report"), f"the earlier report {path!r}")


def _route(text: str | None, endpoint_url: str, *, name: str) -> str | None:
    return resolve_own_route(text, endpoint_url, name=name) if text is not None else None


def _split(texts: str | None) -> list[str]:
    return [part.strip() for part in (texts or "").split(",") if part.strip()]
