"""The model of OpenAI's Python client against the client itself."""

import pytest

from conformance.clients.openai_python import read_with_openai_python
from conformance.clients.reading import ReadingEnd
from conformance.core import Transcript
from conformance.player import Player
from tests.clients.openai_python import ask_with_openai
from tests.clients.openai_streams import STREAMS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("item", STREAMS.values(), ids=[name.replace(" ", "-") for name in STREAMS])
def test_openai_reads_as_the_model_does(item: Transcript) -> None:
    """Over a real socket: the same events, and an error where the model has one."""
    with Player([item], speed=0) as url:
        real = ask_with_openai(url)
    model = read_with_openai_python(item)
    # Each status has a class of its own, below APIStatusError.
    raised = {"BadRequestError": "APIStatusError", "InternalServerError": "APIStatusError"}.get(real.error, real.error)
    assert (model.events, model.error.partition(":")[0]) == (real.events, raised)
    assert (model.end is ReadingEnd.RAISED) == bool(real.error)
