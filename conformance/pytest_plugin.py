"""The pytest side: options, fixtures, marks.

pytest loads this module in every run where the package is installed, so nothing heavy is imported until an
endpoint is to be checked. Options beside ``--endpoint`` begin with ``--stream-``, because pytest and its plugins
own the short names (``--strict``, ``--ignore``, ``--profile``).
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.catalogue import Rule
    from conformance.evaluation import Report, RuleResult

__all__ = ["StreamWarning", "judge_result", "selected_rules"]

_USAGE, _UNREACHABLE = 2, 3


class StreamWarning(UserWarning):
    """A SHOULD rule fell short."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a check."""
    group = parser.getgroup("fal stream conformance")
    group.addoption("--endpoint", metavar="URL", help="the /stream endpoint to check: an http(s) URL or owner/app")
    for name, metavar, text in (
        ("profile", "NAME|FILE", "how the endpoint is judged (default: fal-image)"),
        ("payload", "JSON|@FILE", "input of the generation"),
        ("key-from", "VARIABLE", "send this environment variable as 'Authorization: Key …'"),
        ("select", "IDS", "only these rules or families, separated by commas"),
        ("ignore", "IDS", "all but these rules or families"),
        ("known-failures", "FILE", "rules that are expected to fail, with reasons"),
        ("failing-payload", "JSON|@FILE", "input that makes the model fail midway, for full depth"),
        ("plain-url", "URL|PATH", "the route without a stream, for full depth"),
        ("ca", "FILE", "trust these certificate authorities as well"),
        ("save", "DIR", "keep the transcripts in this folder"),
    ):
        group.addoption(f"--stream-{name}", metavar=metavar, help=text)
    group.addoption(
        "--stream-header", action="append", default=[], metavar="'NAME: VALUE'", help="a further request header"
    )
    group.addoption("--stream-depth", choices=["quick", "full"], default="quick", help="how much to spend")
    group.addoption("--stream-repeat", type=int, default=1, metavar="K", help="record K generations")
    group.addoption("--stream-warm-up", action="store_true", help="run one generation first that is not judged")
    group.addoption("--stream-strict", action="store_true", help="SHOULD counts like MUST")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks, and keep warnings of ours warnings."""
    for level in ("must", "should", "may", "info"):
        config.addinivalue_line("markers", f"{level}: a rule of this level, judged against --endpoint")
    config.addinivalue_line("filterwarnings", "always::conformance.pytest_plugin.StreamWarning")
    if config.getoption("--endpoint"):
        config.stash[_CHECK] = _Check(config)


@pytest.fixture(scope="session")
def stream_report(pytestconfig: pytest.Config) -> Report:
    """The report of one check of ``--endpoint``, made once a session."""
    report = _check_of(pytestconfig).run()
    if report.unreachable is not None:
        pytest.exit(f"nothing could be judged: {report.unreachable}", returncode=_UNREACHABLE)
    return report


def judge_result(report: Report, rule_id: str) -> None:
    """Turn one rule's verdict into pytest's: fail, warn, skip, expected failure, or nothing."""
    from conformance.catalogue import Level, Verdict
    from conformance.reports.console import render_result
    from conformance.reports.escaping import printable

    result = next(result for result in report.results if result.rule.id == rule_id)
    if result.is_unexpected_pass:
        pytest.fail(f"{rule_id} is listed as a known failure ({result.known_failure}), but passes", pytrace=False)
    if result.verdict is Verdict.NOT_APPLICABLE:
        pytest.skip(printable(result.reason))
    if not result.verdict.falls_short:
        return
    if result.known_failure is not None:
        pytest.xfail(result.known_failure)
    levels = {Level.MUST, Level.SHOULD} if report.strict else {Level.MUST}
    if result.rule.level in levels:
        pytest.fail(render_result(result), pytrace=False)
    if not result.rule.level.is_note:
        warnings.warn(printable(_short(result)), StreamWarning, stacklevel=2)


def _short(result: RuleResult) -> str:
    said = result.findings[0].message if result.findings else result.reason
    return f"{result.rule.level.value} {result.rule.id} {result.rule.name}: {said}"


def selected_rules(config: pytest.Config) -> list[Rule]:
    """The rules that ``--stream-select`` and ``--stream-ignore`` leave, in catalogue order."""
    from conformance.catalogue import load_catalogue

    rules = load_catalogue().rules
    # Without an endpoint the items are made all the same, and the first of them ends the run with the reason.
    selected = config.stash[_CHECK].judging.selected if _CHECK in config.stash else rules.keys()
    return [rule for rule in rules.values() if rule.id in selected]


def _check_of(config: pytest.Config) -> _Check:
    if _CHECK not in config.stash:
        pytest.exit("name the endpoint to check: --endpoint URL", returncode=_USAGE)
    return config.stash[_CHECK]


class _Check:
    """The check that the options ask for, read before anything is collected or sent."""

    def __init__(self, config: pytest.Config) -> None:
        from conformance.core import UsageError

        try:
            self._read(config)
        except UsageError as error:
            pytest.exit(str(error), returncode=_USAGE)

    def _read(self, config: pytest.Config) -> None:
        from conformance.archive import TranscriptFolder
        from conformance.core import UsageError
        from conformance.settings import JudgingSettings, RequestSettings

        def option(name: str) -> Any:
            return config.getoption(f"--stream-{name}")

        if config.getoption("numprocesses", None):
            raise UsageError("--endpoint with -n would pay for the generation in every worker: leave out -n")
        self.judging = JudgingSettings.read(
            profile=option("profile"),
            select=option("select"),
            ignore=option("ignore"),
            known_failures=option("known-failures"),
            strict=option("strict"),
        )
        request = RequestSettings(
            payload=option("payload"),
            headers=tuple(option("header")),
            key_from=option("key-from"),
            failing_payload=option("failing-payload"),
            plain_url=option("plain-url"),
            ca_file=option("ca"),
        )
        self._endpoint = request.endpoint(config.getoption("--endpoint"), self.judging.profile, os.environ)
        self._recorder = request.recorder()
        self._depth: str = option("depth")
        self._repeat: int = option("repeat")
        self._warm_up: bool = option("warm-up")
        self._folder = TranscriptFolder(Path(option("save"))) if option("save") else None

    def run(self) -> Report:
        from conformance.examination import examine, plan_probes
        from conformance.probe import Depth

        depth = Depth(self._depth)
        plan = plan_probes(self._endpoint, depth=depth, repeat=self._repeat, warm_up=self._warm_up)
        examination = examine(self._endpoint, plan, self._recorder)
        if self._folder is not None:
            for transcript in examination.transcripts:
                self._folder.keep(transcript)
        return self.judging.judge(examination.transcripts, examination.not_asked)


_CHECK = pytest.StashKey[_Check]()
