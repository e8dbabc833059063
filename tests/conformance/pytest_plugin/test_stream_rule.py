"""The mark `stream_rule` in a suite of one's own: a test passes through only if the endpoint keeps the rules."""

import pytest

from conformance.catalogue import load_catalogue
from tests.conformance.pytest_plugin.conftest import FIXTURE, RunOwnSuite, generations, write_ini

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow

_TORN = FIXTURE.replace("App()", "App(torn=True)")


def test_a_marked_test_runs_where_the_rules_held(run_own_suite: RunOwnSuite, pytester: pytest.Pytester) -> None:
    """With a body or without one, by id or by family, for one generation."""
    tests = """
        import pytest

        @pytest.mark.stream_rule("S03")
        def test_gate(): ...

        @pytest.mark.stream_rule("S", "J", "F01")
        def test_with_a_body(transcript, stream_report):
            assert transcript.head.status == 200
            assert stream_report.endpoint.endswith("/stream")

        @pytest.mark.stream_rule("H")
        class TestInAClass:
            def test_method(self, stream_endpoint):
                assert type(stream_endpoint).__name__ == "App"
    """
    result = run_own_suite(conftest=FIXTURE, test_mine=tests)
    assert (result.ret, result.parseoutcomes()) == (0, {"passed": 3})
    assert generations(pytester) == ['/stream {"prompt": "a red circle on a blue background"}']


def test_a_rule_that_fell_short_fails_the_test(run_own_suite: RunOwnSuite) -> None:
    """A failure and no error, with the bytes of each fault; the body does not run."""
    tests = """
        import pytest
        pytestmark = pytest.mark.stream_rule("S")

        def test_gate():
            print("the body ran")
    """
    result = run_own_suite(conftest=_TORN, test_mine=tests)
    assert (result.ret, result.parseoutcomes()) == (1, {"failed": 1})
    result.stdout.fnmatch_lines(["*MUST S03 unterminated-event*", "*byte*", "*hex*", "*Fix*"])
    assert "the body ran" not in result.stdout.str()
    assert "Traceback" not in result.stdout.str()


def test_a_should_warns_and_the_test_goes_on(run_own_suite: RunOwnSuite, pytester: pytest.Pytester) -> None:
    """Also where the suite makes errors of warnings, unless SHOULD counts like MUST."""
    tests = """
        import pytest

        @pytest.mark.stream_rule("H09")
        def test_gate(): ...
    """
    careless = """
        import pytest
        from my_app import App

        class Careless(App):
            async def __call__(self, scope, receive, send):
                async def send_bare(message):
                    await send({**message, "headers": message.get("headers", [])[:1]})

                await super().__call__(scope, receive, send_bare)

        @pytest.fixture
        def stream_endpoint():
            return Careless()
    """
    write_ini(pytester, "filterwarnings = error")
    result = run_own_suite(conftest=careless, test_mine=tests)
    strict = run_own_suite("--stream-strict")
    assert (result.ret, result.parseoutcomes()) == (0, {"passed": 1, "warnings": 1})
    result.stdout.fnmatch_lines(["*StreamWarning: SHOULD H09*"])
    assert (strict.ret, strict.parseoutcomes()) == (1, {"failed": 1})


def test_known_failures_are_expected_in_every_form(run_own_suite: RunOwnSuite, pytester: pytest.Pytester) -> None:
    """A rule on the list fails as an xfail, and the test's body waits until it is mended."""
    write_ini(pytester, "stream_known_failures = known.toml")
    pytester.path.joinpath("known.toml").write_text('[S03]\nreason = "fixing"\nowner = "us"\nexpires = 2999-01-01')
    tests = "import pytest\n\n@pytest.mark.stream_rule('S')\ndef test_gate(): ..."
    result = run_own_suite("-rx", conftest=_TORN, test_mine=tests)
    assert (result.ret, result.parseoutcomes()) == (0, {"xfailed": 1})
    result.stdout.fnmatch_lines(["*XFAIL*us: fixing*"])


@pytest.mark.parametrize(
    ("mark", "said", "workers"),
    [
        ("'S99'", "there is no rule 'S99'; did you mean S0", ()),
        ("'S99'", "there is no rule 'S99'; did you mean S0", ("-n", "2")),
        (
            "'nonsense'",
            "there is no rule 'nonsense' (`rules` lists them all); the families are C, E, F, H, I, J, R, S, X",
            (),
        ),
        ("", "the mark is stream_rule(), expected ids or families such as stream_rule('S03', 'J')", ()),
        ("id='S03'", "the mark is stream_rule(id='S03'), expected ids", ()),
    ],
)
def test_a_mark_that_names_no_rule_is_refused(
    run_own_suite: RunOwnSuite, pytester: pytest.Pytester, mark: str, said: str, workers: tuple[str, ...]
) -> None:
    """While tests are collected, with the test's name, and before anything is spent."""
    tests = f"import pytest\n\n@pytest.mark.stream_rule({mark})\ndef test_gate(): ..."
    result = run_own_suite(*workers, alone=bool(workers), conftest=FIXTURE, test_mine=tests)
    assert result.ret in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.TESTS_FAILED)
    complaints = [line for line in result.outlines if line.startswith(f"test_mine.py::test_gate: {said}")]
    assert len(complaints) == (2 if workers else 1)
    assert generations(pytester) == []


def test_every_rule_is_an_item_of_ones_own_suite(run_own_suite: RunOwnSuite, pytester: pytest.Pytester) -> None:
    """Importing `test_rule` gives as many items as the suite has, under one's own name for it, for one generation."""
    tests = "from conformance.suite import test_rule as test_stream"
    result = run_own_suite("-v", "--stream-ignore", "C", conftest=FIXTURE, test_mine=tests)
    outcomes = result.parseoutcomes()
    rules = [rule for rule in load_catalogue().rules if not rule.startswith("C")]
    assert (result.ret, outcomes["passed"] + outcomes["skipped"]) == (0, len(rules))
    result.stdout.fnmatch_lines(["test_mine.py::test_stream[[]S03-unterminated-event[]] PASSED*"])
    assert len(generations(pytester)) == 1


def test_each_of_several_endpoints_is_judged(run_own_suite: RunOwnSuite, pytester: pytest.Pytester) -> None:
    """A fixture with parameters: the good app passes, the torn one fails, each recorded once."""
    tests = """
        import pytest
        from my_app import App

        @pytest.fixture(scope="module", params=[False, True], ids=["good", "torn"])
        def stream_endpoint(request):
            return App(torn=request.param)

        @pytest.mark.stream_rule("S03")
        def test_gate(stream_report): ...

        @pytest.mark.stream_rule("J")
        def test_other_gate(stream_report): ...
    """
    result = run_own_suite("-rA", test_mine=tests)
    assert result.parseoutcomes() == {"passed": 3, "failed": 1}
    result.stdout.fnmatch_lines(["FAILED test_mine.py::test_gate[[]torn[]]*"])
    assert len(generations(pytester)) == 2


def test_methods_of_a_unittest_case_can_be_marked(run_own_suite: RunOwnSuite) -> None:
    """They cannot take fixtures, and need not."""
    tests = """
        import unittest
        import pytest

        class TestStream(unittest.TestCase):
            @pytest.mark.stream_rule("S03")
            def test_gate(self): ...
    """
    result = run_own_suite(conftest=_TORN, test_mine=tests)
    assert (result.ret, result.parseoutcomes()) == (1, {"failed": 1})


def test_a_rule_that_is_not_selected_is_skipped(run_own_suite: RunOwnSuite) -> None:
    """What a user leaves out is left out of one's own gates too, and a run of nothing else is not green."""
    tests = "import pytest\n\n@pytest.mark.stream_rule('S03')\ndef test_gate(): ..."
    result = run_own_suite("-rs", "--stream-select", "J", conftest=FIXTURE, test_mine=tests)
    assert (result.ret, result.parseoutcomes()) == (3, {"skipped": 1})
    result.stdout.fnmatch_lines(["*S03: left out by the selection of rules"])


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_run_that_judged_nothing_is_not_green(run_own_suite: RunOwnSuite, workers: tuple[str, ...]) -> None:
    """C09 compares with a baseline that nobody gave: a skip, and exit code 3; other tests run as they would."""
    tests = """
        import pytest

        @pytest.mark.stream_rule("C09")
        def test_gate(): ...

        def test_of_something_else(): ...
    """
    result = run_own_suite(*workers, alone=bool(workers), conftest=FIXTURE, test_mine=tests)
    assert (result.ret, result.parseoutcomes()) == (3, {"skipped": 1, "passed": 1})
    result.stdout.fnmatch_lines(["no test of the stream had anything to judge (exit code 3)"])


def test_a_skip_beside_a_verdict_is_green(run_own_suite: RunOwnSuite) -> None:
    """One gate that has nothing to judge takes nothing from another that held."""
    tests = """
        import pytest

        @pytest.mark.stream_rule("C09")
        def test_gate(): ...

        def test_with_the_fixture(stream_report):
            assert stream_report.timings is not None
    """
    result = run_own_suite(conftest=FIXTURE, test_mine=tests)
    assert (result.ret, result.parseoutcomes()) == (0, {"skipped": 1, "passed": 1})
