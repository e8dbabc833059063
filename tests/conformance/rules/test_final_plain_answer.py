"""F06 where the plain route gives nothing to compare with."""

import pytest

from conformance.catalogue import Verdict, load_catalogue
from conformance.core import Ending, Transcript
from conformance.judging.evaluation import judge_rule
from conformance.profiles.profile import Profile
from conformance.samples import SSE_HEADERS, answer, event, final, good_events, stream


@pytest.mark.parametrize(
    "plain",
    [
        pytest.param(answer("plain_generation", 404, {"detail": "Not Found"}), id="no-such-route"),
        pytest.param(answer("plain_generation", 200, b"<h1>hello</h1>", content_type="text/html"), id="page"),
        pytest.param(answer("plain_generation", 200, {"error": "out of memory"}), id="error"),
        pytest.param(answer("plain_generation", 200, [1, 2]), id="list"),
        pytest.param(stream(*good_events(), probe="plain_generation", headers=SSE_HEADERS), id="stream"),
        pytest.param(stream(b'{"images": [', probe="plain_generation", ending=Ending.TRUNCATED), id="cut"),
    ],
)
def test_an_answer_without_a_result_cannot_be_compared(plain: Transcript) -> None:
    """The named route was to have the result, so that the lack of it is not passed over."""
    rule = load_catalogue().rules["F06"]
    result = judge_rule(rule, [stream(event(final())), plain], Profile(name="test"))
    assert (result.verdict, "plain" in result.reason) == (Verdict.NOT_TESTABLE, True)
