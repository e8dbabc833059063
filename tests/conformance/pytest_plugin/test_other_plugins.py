"""Beside pytest-xdist and pytest-asyncio."""

import pytest

from tests.conformance.conftest import ServeScripts
from tests.conformance.good_server import serve_good
from tests.conformance.pytest_plugin.conftest import FIXTURE, RunOwnSuite, generations

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow

_MANY = """
import pytest

@pytest.mark.parametrize("number", range(6))
@pytest.mark.stream_rule("S")
def test_gate(number, transcript):
    assert transcript.head.status == 200
"""


def test_workers_share_one_check_of_a_url(serve: ServeScripts, run_own_suite: RunOwnSuite) -> None:
    """Three workers, one set of requests at the server, and the verdicts of a run without workers."""
    server = serve_good(serve)
    alone = run_own_suite("--endpoint", server.url, test_mine=_MANY)
    asked = len(server.requests)
    together = run_own_suite("--endpoint", serve_good(serve).url, "-n", "3", alone=True)
    assert (alone.ret, together.ret, asked) == (0, 0, 5)
    assert together.parseoutcomes() == alone.parseoutcomes() == {"passed": 6}


@pytest.mark.parametrize("scope", ["session", "module"])
def test_workers_share_one_generation_of_an_app(
    run_own_suite: RunOwnSuite, pytester: pytest.Pytester, scope: str
) -> None:
    """Each worker has an app object of its own, and only one of them is started."""
    fixture = FIXTURE.replace("session", scope)
    result = run_own_suite("-n", "3", "--dist", "load", alone=True, conftest=fixture, test_mine=_MANY)
    assert (result.parseoutcomes(), len(generations(pytester))) == ({"passed": 6}, 1)


def test_workers_do_not_mistake_endpoints_for_each_other(run_own_suite: RunOwnSuite, pytester: pytest.Pytester) -> None:
    """Two apps of one class, told apart by what goes into the fixture: only the torn one fails, on every worker."""
    tests = """
        import pytest
        from my_app import App

        @pytest.fixture(scope="session", params=[False, True], ids=["good", "torn"])
        def torn(request):
            return request.param

        @pytest.fixture(scope="session")
        def stream_endpoint(torn):
            return App(torn=torn)

        @pytest.mark.parametrize("number", range(3))
        @pytest.mark.stream_rule("S03")
        def test_gate(number, torn, stream_report): ...
    """
    result = run_own_suite("-n", "2", "-rf", alone=True, test_mine=tests)
    assert result.parseoutcomes() == {"passed": 3, "failed": 3}
    assert result.stdout.str().count("FAILED test_mine.py::test_gate[torn") == 3


def test_workers_share_the_suite(serve: ServeScripts, run_own_suite: RunOwnSuite) -> None:
    """`--pyargs conformance.suite -n 2` spends what one process spends."""
    server = serve_good(serve)
    result = run_own_suite(
        "--pyargs", "conformance.suite", "--endpoint", server.url, "-n", "2", "--stream-ignore", "C", alone=True
    )
    assert (result.ret, len(server.requests)) == (0, 5)


def test_an_unreachable_endpoint_is_exit_3_for_workers_too(run_own_suite: RunOwnSuite) -> None:
    """Every item of the suite says so; none of them is green."""
    args = ("--endpoint", "http://127.0.0.1:1/stream", "--stream-select", "S03,J01", "-n", "2")
    result = run_own_suite("--pyargs", "conformance.suite", *args, alone=True)
    assert (result.ret, result.parseoutcomes()) == (3, {"errors": 2})


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_async_tests_use_the_fixtures(run_own_suite: RunOwnSuite, mode: str, pytester: pytest.Pytester) -> None:
    """In both modes of pytest-asyncio; an endpoint may come out of an async fixture."""
    mark = "@pytest.mark.asyncio" if mode == "strict" else "# marked by the mode"
    fixture = "@pytest_asyncio.fixture" if mode == "strict" else "@pytest.fixture"
    tests = f"""
        import asyncio

        import pytest
        import pytest_asyncio
        from my_app import App

        {fixture}
        async def stream_endpoint():
            await asyncio.sleep(0)
            return App()

        {mark}
        @pytest.mark.stream_rule("S", "J")
        async def test_gate(transcript, stream_report):
            await asyncio.sleep(0)
            assert transcript in stream_report.transcripts

        {mark}
        @pytest.mark.stream_rule("S03")
        async def test_without_fixtures():
            await asyncio.sleep(0)
    """
    result = run_own_suite("-o", f"asyncio_mode={mode}", alone=True, test_mine=tests)
    assert (result.ret, result.parseoutcomes()) == (0, {"passed": 2})
