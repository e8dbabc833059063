"""The check that the options ask for."""

import os
from dataclasses import dataclass
from pathlib import Path

from conformance.archive import TranscriptFolder
from conformance.core import UsageError
from conformance.examination import Examination, examine, plan_probes
from conformance.judging.report import Report
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth
from conformance.pytest_plugin.options import Options
from conformance.settings import JudgingSettings, RequestSettings

__all__ = ["Check"]

_MOST_GENERATIONS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How an endpoint is asked and judged.

    Attributes:
        judging: How transcripts are judged.
        request: How the endpoint is asked.
        depth: How much may be spent.
        repeat: How many generations to record.
        warm_up: Whether one generation is sent first and not judged.
        path: The route of the stream in an app object.
        save: The folder that keeps transcripts, or None.
    """

    judging: JudgingSettings
    request: RequestSettings
    depth: Depth
    repeat: int
    warm_up: bool
    path: str
    save: Path | None

    @classmethod
    def read(cls, options: Options) -> "Check":
        """Read what a user typed, before anything is sent.

        Raises:
            UsageError: An option is not valid.
        """
        try:
            depth, clients = Depth(options.text("depth") or "quick"), options.text("clients")
        except ValueError as error:
            raise UsageError(str(error)) from error
        check = cls(
            judging=_judging(options, real_clients=clients == "real"),
            request=_request(options),
            depth=depth,
            repeat=_repeat(options.text("repeat") or "1"),
            warm_up=options.flag("warm-up"),
            path=_path(options.text("path") or "/stream"),
            save=Path(folder) if (folder := options.text("save")) is not None else None,
        )
        check.request.fetching(check.judging.profile)
        check.request.recorder()
        if check.save is not None:
            TranscriptFolder(check.save)
        return check

    def endpoint(self, url: str) -> Endpoint:
        """What is asked at a URL.

        Raises:
            UsageError: The URL is not one, or a payload, a header or another route is not valid.
        """
        return self.request.endpoint(url, self.judging.profile, os.environ)

    def examine(self, url: str, *, name: str) -> Examination:
        """Spend the generations.

        Args:
            url: Where the endpoint is.
            name: The folder within `save` that keeps the transcripts; "" for that folder itself.

        Raises:
            UsageError: The URL is not one, or the transcripts cannot be kept.
            KeyboardInterrupt: The user interrupted it.
        """
        endpoint = self.endpoint(url)
        recorder = self.request.recorder()
        fetching = self.request.fetching(self.judging.profile)
        plan = plan_probes(endpoint, depth=self.depth, repeat=self.repeat, warm_up=self.warm_up, fetching=fetching)
        examination = examine(endpoint, plan, recorder)
        if self.save is not None:
            folder = TranscriptFolder(self.save / name)
            for transcript in examination.transcripts:
                folder.keep(transcript)
        if recorder.interrupted:
            raise KeyboardInterrupt
        return examination

    def judge(self, examination: Examination) -> Report:
        """Judge what was recorded."""
        return self.judging.judge(examination.transcripts, examination.not_asked)


def _judging(options: Options, *, real_clients: bool) -> JudgingSettings:
    return JudgingSettings.read(
        profile=options.text("profile"),
        schema=options.text("schema"),
        select=options.text("select"),
        ignore=options.text("ignore"),
        known_failures=options.text("known-failures"),
        rules=options.text("rules"),
        strict=options.flag("strict"),
        baseline=options.texts("baseline"),
        real_clients=real_clients,
    )


def _request(options: Options) -> RequestSettings:
    return RequestSettings(
        payload=options.text("payload"),
        headers=options.texts("header"),
        key_from=options.text("key-from"),
        failing_payload=options.text("failing-payload"),
        plain_url=options.text("plain-url"),
        cancel_url=options.text("cancel-url"),
        fetch_results=options.flag("fetch-results"),
        fetch_from=options.texts("fetch-from"),
        ca_file=options.text("ca"),
    )


def _repeat(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_GENERATIONS):
        raise UsageError(f"--stream-repeat is {text!r}, expected a whole number from 1 to {_MOST_GENERATIONS}")
    return int(text)


def _path(text: str) -> str:
    if not text.startswith("/"):
        raise UsageError(f"--stream-path is {text!r}, expected a path that begins with '/'")
    return text
