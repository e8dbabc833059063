"""The pytest side: options, fixtures, the mark. Wiring only.

pytest loads this module in every run where the package is installed, so what is heavy is imported where a stream is
to be checked.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from conformance.pytest_plugin.options import Options, add_options
from conformance.pytest_plugin.origin import Origin
from conformance.pytest_plugin.stream_warning import StreamWarning
from conformance.pytest_plugin.tally import JUDGED, Tally

if TYPE_CHECKING:
    from collections.abc import Generator

    from conformance.core import ConformanceError, Transcript
    from conformance.judging.report import Report
    from conformance.pytest_plugin.recordings import Recordings

__all__ = ["StreamWarning"]

_USAGE, _NOTHING_JUDGED = 2, 3
_SUITE = Path(__file__).parents[1] / "suite"
_NAME_ONE = (
    "name the endpoint to check: --endpoint URL, or stream_endpoint in pytest's ini file, "
    "or a fixture stream_endpoint that returns a URL or an app object"
)
_RECORDINGS = pytest.StashKey["Recordings"]()
_ORIGINS = pytest.StashKey[dict[int, Origin]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a check."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks, keep warnings of ours warnings, and read what names an endpoint before anything is sent."""
    for level in ("must", "should", "may", "info"):
        config.addinivalue_line("markers", f"{level}: a rule of this level, judged against --endpoint")
    config.addinivalue_line(
        "markers", "stream_rule(id_or_family, ...): the test passes through only if stream_endpoint keeps these rules"
    )
    config.addinivalue_line("filterwarnings", "always::conformance.pytest_plugin.StreamWarning")
    config.pluginmanager.register(Tally(), "fal_stream_tally")
    config.stash[_ORIGINS] = {}
    endpoint = Options(config).typed_endpoint
    if endpoint is not None:
        from conformance.core import UsageError

        try:
            _recordings(config).check.endpoint(endpoint)
        except UsageError as error:
            pytest.exit(str(error), returncode=_USAGE)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make an item of every selected rule where a test wants ``stream_rule_id``; refuse a mark that names no rule."""
    marks = list(metafunc.definition.iter_markers("stream_rule"))
    wants_rules = "stream_rule_id" in metafunc.fixturenames
    if not marks and not wants_rules:
        return
    from conformance.core import UsageError
    from conformance.pytest_plugin.gate import named_rules
    from conformance.pytest_plugin.rule_items import rule_items

    try:
        if marks:
            named_rules(marks)
        items = rule_items(_recordings(metafunc.config).check.judging) if wants_rules else []
    except UsageError as error:
        problem = error
    else:
        if wants_rules:
            metafunc.parametrize("stream_rule_id", items)
        return
    # Not while the error is handled: pytest would show it twice.
    pytest.fail(f"{metafunc.definition.nodeid}: {problem}", pytrace=False)


def pytest_itemcollected(item: pytest.Item) -> None:
    """A marked test needs the report, whether its function takes it or not."""
    if isinstance(item, pytest.Function) and item.get_closest_marker("stream_rule") is not None:
        item.fixturenames = list(dict.fromkeys([*item.fixturenames, "stream_report"]))


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Remember which fixture an endpoint came out of."""
    value = yield
    if fixturedef.argname == "stream_endpoint":
        request.config.stash[_ORIGINS][id(value)] = Origin.of(fixturedef, request)
    return value


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Judge what the marks name, before the test's own body."""
    marks = list(item.iter_markers("stream_rule"))
    if not marks:
        return
    report: Report | None = getattr(item, "funcargs", {}).get("stream_report")
    if report is None:
        pytest.fail("the mark stream_rule is for test functions and methods", pytrace=False)
    from conformance.pytest_plugin.gate import judge_rules, named_rules, were_judged

    rule_ids = named_rules(marks)
    item.stash[JUDGED] = were_judged(report, rule_ids)
    judge_rules(report, rule_ids, warn=item.warn)


@pytest.fixture
def stream_endpoint(request: pytest.FixtureRequest) -> object:
    """What is checked: the URL that ``--endpoint`` or ``stream_endpoint`` in the ini file names.

    Override it to return a URL, a `fal.App` class or an ASGI app. An app is served on a loopback port while it is
    recorded. ``--endpoint`` on the command line wins over an override.
    """
    endpoint = Options(request.config).text("endpoint")
    if endpoint is None:
        _give_up(request, _NAME_ONE, _USAGE)
    return endpoint


@pytest.fixture
def stream_report(
    request: pytest.FixtureRequest, stream_endpoint: object, tmp_path_factory: pytest.TempPathFactory
) -> Report:
    """The report of one check of ``stream_endpoint``, made once in a run, whatever the number of tests and workers."""
    from conformance.core import ConformanceError, UsageError

    request.node.stash[JUDGED] = False
    report = _report_or_reason(request, stream_endpoint, _shared_folder(request.config, tmp_path_factory))
    if isinstance(report, ConformanceError):
        _give_up(request, str(report), _USAGE if isinstance(report, UsageError) else _NOTHING_JUDGED)
    request.node.stash[JUDGED] = True
    return report


@pytest.fixture
def transcript(stream_report: Report) -> Transcript:
    """The recorded generation: status, header fields and every chunk with its instant."""
    return next(item for item in stream_report.transcripts if item.probe == "generation")


def _recordings(config: pytest.Config) -> Recordings:
    """What the options ask for, read on first use."""
    if _RECORDINGS not in config.stash:
        from conformance.pytest_plugin.check import Check
        from conformance.pytest_plugin.recordings import Recordings

        config.stash[_RECORDINGS] = Recordings(Check.read(Options(config)))
    return config.stash[_RECORDINGS]


def _report_or_reason(
    request: pytest.FixtureRequest, from_fixture: object, shared: Path | None
) -> Report | ConformanceError:
    """The report, or why there is none: raised later, an error does not show what it came out of."""
    from conformance.core import ConformanceError

    options = Options(request.config)
    endpoint = options.typed_endpoint or from_fixture
    origin = request.config.stash[_ORIGINS][id(from_fixture)]
    try:
        name = "" if endpoint == options.text("endpoint") else origin.name(request.node)
        return _recordings(request.config).report(endpoint, name=name, shared=shared)
    except ConformanceError as error:
        return error


def _shared_folder(config: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """A folder that all workers of pytest-xdist see and no other run, or None where there are no workers."""
    worker: dict[str, str] | None = getattr(config, "workerinput", None)
    if worker is None:
        return None
    return tmp_path_factory.getbasetemp().parent / f"stream-{worker['testrunuid']}"


def _give_up(request: pytest.FixtureRequest, reason: str, code: int) -> NoReturn:
    """Fail the test; where there is nothing but the suite, end the run, so that it says it once."""
    if request.node.path.is_relative_to(_SUITE) and not hasattr(request.config, "workerinput"):
        pytest.exit(reason, returncode=code)
    pytest.fail(reason, pytrace=False)
