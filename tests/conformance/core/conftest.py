"""What the tests of other readers share."""

from collections.abc import Iterator

import httpx
import pytest

from tests.conformance.core.other_readers import FalClient


@pytest.fixture(scope="module")
def fal() -> Iterator[FalClient]:
    client = FalClient()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.HTTPTransport, "handle_request", lambda _, request: client.answer(request))
        yield client
