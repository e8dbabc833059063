"""What is made to stay is not looked through for garbage, and everything else is."""

import gc

import pytest

from load.garbage import made_to_stay


def test_no_garbage_is_looked_for_among_what_stays():
    """Not while it is made, and not later."""
    with made_to_stay():
        assert not gc.isenabled()
        kept = [[number] for number in range(1000)]
    assert gc.isenabled()
    assert not {id(one) for one in kept} & {id(one) for one in gc.get_objects()}
    gc.unfreeze()


def test_after_an_error_garbage_is_looked_for_again():
    """Whatever went wrong."""

    @made_to_stay()
    def fail() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert gc.isenabled()
    gc.unfreeze()
