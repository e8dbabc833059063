"""What a user asked for, read and checked before anything is sent. The command line and pytest share it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from conformance import arguments
from conformance.catalogue import load_catalogue
from conformance.core import Transcript
from conformance.endpoint import Endpoint, resolve_plain_url, resolve_url
from conformance.evaluation import Report, evaluate
from conformance.known_failures import KnownFailures, parse_known_failures
from conformance.recorders import Recorder, RecordingLimits, RecordingObserver
from conformance.selection import Profile, select_rules

__all__ = ["JudgingSettings", "RequestSettings"]


@dataclass(frozen=True, kw_only=True)
class JudgingSettings:
    """How transcripts are judged.

    Attributes:
        profile: The profile.
        selected: Ids of the rules to report.
        known_failures: Rules that are expected to fail.
        strict: Whether SHOULD counts like MUST.
    """

    profile: Profile
    selected: frozenset[str]
    known_failures: KnownFailures
    strict: bool

    @classmethod
    def read(
        cls,
        *,
        profile: str | None = None,
        select: str | None = None,
        ignore: str | None = None,
        known_failures: str | None = None,
        strict: bool = False,
    ) -> "JudgingSettings":
        """Read the texts a user typed.

        Args:
            profile: A built-in profile's name, or a path to a .toml file.
            select: Rules or families, separated by commas.
            ignore: Rules or families, separated by commas.
            known_failures: A path.
            strict: Whether SHOULD counts like MUST.

        Raises:
            UsageError: One of them is not valid.
        """
        catalogue = load_catalogue()
        chosen = arguments.read_profile(profile or "fal-image")
        chosen.validate(catalogue)
        text = arguments.read_text(known_failures, "the list of known failures") if known_failures else ""
        return cls(
            profile=chosen,
            selected=select_rules(catalogue, select=_split(select), ignore=_split(ignore)),
            known_failures=parse_known_failures(text, catalogue),
            strict=strict,
        )

    def judge(self, transcripts: Iterable[Transcript], not_asked: Mapping[str, str] | None = None) -> Report:
        """Judge transcripts."""
        return evaluate(
            transcripts,
            self.profile,
            selected=self.selected,
            known_failures=self.known_failures,
            not_asked=not_asked,
            strict=self.strict,
        )


@dataclass(frozen=True, kw_only=True)
class RequestSettings:
    """How the endpoint is asked, as texts a user typed.

    Attributes:
        payload: JSON or ``@FILE``; None for the profile's own.
        headers: ``Name: value`` lines.
        key_from: An environment variable to send as ``Authorization: Key …``.
        failing_payload: Input that makes the model fail midway, JSON or ``@FILE``; None if none is known.
        plain_url: The route without a stream, a URL or a path on the endpoint's host; None if there is none.
        ca_file: A PEM file with further authorities.
        http2: Offer HTTP/2.
        limits: Bounds of each exchange.
    """

    payload: str | None = None
    headers: tuple[str, ...] = ()
    key_from: str | None = None
    failing_payload: str | None = None
    plain_url: str | None = None
    ca_file: str | None = None
    http2: bool = False
    limits: RecordingLimits = field(default_factory=RecordingLimits)

    def endpoint(self, url: str, profile: Profile, environment: Mapping[str, str]) -> Endpoint:
        """The endpoint to ask.

        Raises:
            UsageError: A URL, a payload or a header is not valid.
        """
        resolved = resolve_url(url)
        headers = arguments.parse_headers(self.headers, url=resolved, key_from=self.key_from, environment=environment)
        payload = profile.payload if self.payload is None else arguments.parse_payload_argument(self.payload)
        failing = arguments.parse_payload_argument(self.failing_payload) if self.failing_payload is not None else None
        return Endpoint(
            url=resolved,
            payload=payload,
            headers=headers,
            failing_payload=failing,
            plain_url=resolve_plain_url(self.plain_url, resolved) if self.plain_url is not None else None,
        )

    def recorder(self, observer: RecordingObserver | None = None) -> Recorder:
        """A recorder.

        Raises:
            UsageError: The file of authorities cannot be read, or holds none.
        """
        if self.ca_file is not None:
            arguments.check_authorities(self.ca_file)
        return Recorder(limits=self.limits, http2=self.http2, ca_file=self.ca_file, observer=observer)


def _split(texts: str | None) -> list[str]:
    return [part.strip() for part in (texts or "").split(",") if part.strip()]
