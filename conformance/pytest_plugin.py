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
    from conformance.judging.report import Report
    from conformance.judging.rule_result import RuleResult

__all__ = ["StreamWarning", "judge_result", "selected_rules"]

_USAGE, _UNREACHABLE = 2, 3


class StreamWarning(UserWarning):
    """A SHOULD rule fell short, or a known failure is about to expire."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a check."""
    group = parser.getgroup("fal stream conformance")
    group.addoption("--endpoint", metavar="URL", help="the /stream endpoint to check: an http(s) URL or owner/app")
    for name, metavar, text in (
        ("profile", "NAME|FILE", "how the endpoint is judged (default: fal-image)"),
        ("schema", "FILE[#POINTER]", "what every event must match: a JSON Schema or an OpenAPI document"),
        ("payload", "JSON|@FILE", "input of the generation"),
        ("key-from", "VARIABLE", "send this environment variable as the key"),
        ("select", "IDS", "only these rules or families, separated by commas"),
        ("ignore", "IDS", "all but these rules or families"),
        ("known-failures", "FILE", "rules that may fall short, with reason, owner and expiry"),
        ("rules", "SET", "the rules that count, as they were then (default: latest); newer ones run unscored"),
        ("failing-payload", "JSON|@FILE", "input that makes the model fail midway, for full depth"),
        ("plain-url", "URL|PATH", "the route without a stream, for full depth"),
        ("cancel-url", "URL|PATH", "the route that cancels a stream by x-fal-request-id, for full depth"),
        ("ca", "FILE", "trust these certificate authorities as well"),
        ("save", "DIR", "keep the transcripts in this folder"),
    ):
        group.addoption(f"--stream-{name}", metavar=metavar, help=text)
    group.addoption(
        "--stream-header", action="append", default=[], metavar="'NAME: VALUE'", help="a further request header"
    )
    group.addoption(
        "--stream-fetch-results",
        action="store_true",
        help="fetch pictures behind http(s) URLs of the endpoint's host or fal's",
    )
    group.addoption(
        "--stream-fetch-from", action="append", default=[], metavar="HOST", help="fetch them from this host as well"
    )
    group.addoption(
        "--stream-baseline",
        action="append",
        default=[],
        metavar="PATH",
        help="compare times with these generations: a transcript, or a folder that --stream-save made",
    )
    group.addoption("--stream-depth", choices=["quick", "full"], default="quick", help="how much to spend")
    group.addoption(
        "--stream-clients",
        choices=["model", "real"],
        default="model",
        help="let the real fal-js read the stream as well, where Node and @fal-ai/client are installed",
    )
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
    from conformance.reports.console import render_result
    from conformance.reports.escaping import printable
    from conformance.reports.excuses import excuse_line
    from conformance.reports.standing import Standing, standing
    from conformance.reports.wording import unscored

    result = next(result for result in report.results if result.rule.id == rule_id)
    stand = standing(report, result)
    if stand.is_shortfall and result.verdict.falls_short:
        pytest.fail(render_result(result), pytrace=False)
    if stand.is_shortfall:
        pytest.fail(printable(f"known failure {rule_id}: {excuse_line(result)}"), pytrace=False)
    if result in report.near_expiry:
        warnings.warn(printable(f"known failure {rule_id}: {excuse_line(result)}"), StreamWarning, stacklevel=2)
    if stand is Standing.UNSCORED:
        pytest.skip(unscored(report))
    if stand is Standing.NOT_APPLICABLE:
        pytest.skip(printable(result.reason))
    if stand is Standing.EXPECTED:
        pytest.xfail(printable(excuse_line(result)))
    if stand is Standing.WARNED:
        warnings.warn(printable(_short(result)), StreamWarning, stacklevel=2)


def _short(result: RuleResult) -> str:
    from conformance.reports.wording import first_said

    return f"{result.rule.level.value} {result.rule.id} {result.rule.name}: {first_said(result)}"


def selected_rules(config: pytest.Config) -> list[Rule]:
    """The rules that ``--stream-select`` and ``--stream-ignore`` leave, in order, as the rule set has them."""
    from conformance.catalogue import load_catalogue

    catalogue = load_catalogue()
    # Without an endpoint the items are made all the same, and the first of them ends the run with the reason.
    if _CHECK not in config.stash:
        return list(catalogue.rules.values())
    judging = config.stash[_CHECK].judging
    return [rule for rule in judging.rule_set.applied(catalogue).rules.values() if rule.id in judging.selected]


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
            schema=option("schema"),
            select=option("select"),
            ignore=option("ignore"),
            known_failures=option("known-failures"),
            rules=option("rules"),
            strict=option("strict"),
            baseline=option("baseline"),
            real_clients=option("clients") == "real",
        )
        request = RequestSettings(
            payload=option("payload"),
            headers=tuple(option("header")),
            key_from=option("key-from"),
            failing_payload=option("failing-payload"),
            plain_url=option("plain-url"),
            cancel_url=option("cancel-url"),
            fetch_results=option("fetch-results"),
            fetch_from=tuple(option("fetch-from")),
            ca_file=option("ca"),
        )
        self._endpoint = request.endpoint(config.getoption("--endpoint"), self.judging.profile, os.environ)
        self._recorder = request.recorder()
        self._fetching = request.fetching(self.judging.profile)
        self._depth: str = option("depth")
        self._repeat: int = option("repeat")
        self._warm_up: bool = option("warm-up")
        self._folder = TranscriptFolder(Path(option("save"))) if option("save") else None

    def run(self) -> Report:
        from conformance.examination import examine, plan_probes
        from conformance.probing.probe import Depth

        depth = Depth(self._depth)
        plan = plan_probes(
            self._endpoint, depth=depth, repeat=self._repeat, warm_up=self._warm_up, fetching=self._fetching
        )
        examination = examine(self._endpoint, plan, self._recorder)
        if self._folder is not None:
            for transcript in examination.transcripts:
                self._folder.keep(transcript)
        return self.judging.judge(examination.transcripts, examination.not_asked)


_CHECK = pytest.StashKey[_Check]()
