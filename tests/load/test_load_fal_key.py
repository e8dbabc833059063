"""Who gets the key."""

import pytest

from load.endpoint import Endpoint
from load.errors import FalKeyError
from load.fal_key import fal_key_for

FAL = Endpoint.parse("owner/app")


@pytest.mark.parametrize(("environment", "key"), [({}, None), ({"FAL_KEY": ""}, None), ({"FAL_KEY": "a:b\n"}, "a:b")])
def test_a_fal_host_gets_the_key_there_is(environment, key):
    """The key is taken from FAL_KEY, without the line break that files end with."""
    assert fal_key_for(FAL, environment) == key


def test_nobody_else_gets_it():
    """A host that is not fal's gets no key, whatever FAL_KEY holds."""
    assert fal_key_for(Endpoint.parse("https://example.com/"), {"FAL_KEY": "a b"}) is None


def test_a_key_that_cannot_be_sent_is_refused_unshown():
    """The error says what is wrong with the key, and not what it is."""
    with pytest.raises(FalKeyError, match="no header may carry") as raised:
        fal_key_for(FAL, {"FAL_KEY": "0123 hunter2"})
    assert "hunter2" not in str(raised.value)
