"""A read that waits ends in time, and no sooner, with one timer for all the reads of a socket."""

import socket
import time
from collections.abc import Iterator

import gevent
import pytest

from load.streaming.reading.stamping_socket import StampingSocket


@pytest.fixture
def ends() -> Iterator[tuple[StampingSocket, socket.socket]]:
    """A socket that reads, and the plain one at the other end."""
    near, far = socket.socketpair()
    reading = StampingSocket(near.family, near.type, near.proto, near.detach())
    yield reading, far
    reading.close()
    far.close()


def test_a_silent_end_is_waited_for_as_long_as_was_said(ends):
    """Not sooner, and not for good."""
    reading, _ = ends
    reading.settimeout(0.2)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        reading.recv(10)
    assert time.monotonic() - began >= 0.2


def test_each_byte_begins_a_new_wait(ends):
    """All reads together may take longer than one."""
    reading, far = ends
    reading.settimeout(1.0)

    def drip() -> None:
        for _ in range(6):
            gevent.sleep(0.25)
            far.send(b"x")

    dripping = gevent.spawn(drip)
    assert [reading.recv(10) for _ in range(6)] == [b"x"] * 6
    dripping.get()


def test_a_shorter_timeout_counts_from_the_next_read_on(ends):
    """Although the timer was wound up for the longer one."""
    reading, far = ends
    reading.settimeout(60)
    gevent.spawn_later(0.05, far.send, b"x")
    assert reading.recv(10) == b"x"
    reading.settimeout(0.1)
    with gevent.Timeout(30), pytest.raises(TimeoutError):
        reading.recv(10)


def test_a_socket_reads_on_after_a_timeout(ends):
    """Who waits again gets a whole wait."""
    reading, far = ends
    reading.settimeout(0.1)
    with pytest.raises(TimeoutError):
        reading.recv(10)
    reading.settimeout(30)
    gevent.spawn_later(0.3, far.send, b"x")
    assert reading.recv(10) == b"x"


def test_closing_ends_a_wait(ends):
    """With an error, and no timer is left to ring."""
    reading, _ = ends
    reading.settimeout(30)
    waiting = gevent.spawn(reading.recv, 10)
    gevent.sleep(0.05)
    reading.close()
    with gevent.Timeout(20), pytest.raises(OSError, match="closed"):
        waiting.get()
