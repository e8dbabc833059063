"""Calibration: the search, the envelope, and the whole of it once over real processes."""

import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from conformance.core import EncodedEvent
from load.calibration.capacity_search import CapacitySearch
from load.calibration.command import calibrate
from load.calibration.stage import Shape, run_stage
from load.calibration.stamp_report import StampReport
from load.calibration.stamped_event import StampedChunk, sent_ns_of
from load.envelope import Envelope
from load.envelope_file import read_envelope
from load.envelope_share import share_used
from load.run import Run
from load.stream_row import Outcome, StreamRow
from tests.load.envelope import ENVELOPE
from tests.load.fingerprint import FINGERPRINT

SECOND = 1_000_000_000


@given(st.integers(200, 5_000), st.integers(0, 10**18))
def test_a_stamp_is_read_back(event_bytes, sent_ns):
    """What is written into the prebuilt chunk is what its event says, and its size is what was asked for."""
    chunk = StampedChunk(event_bytes)
    size = len(chunk.data)
    chunk.stamp(sent_ns)
    length, event, _ = bytes(chunk.data).split(b"\r\n", 2)
    assert sent_ns_of(EncodedEvent("message", event, len(b"data: "), len(event))) == sent_ns
    assert (len(chunk.data), int(length, 16)) == (size, event_bytes)


def test_another_event_is_refused():
    """An event that is not stamped is quoted."""
    with pytest.raises(ValueError, match=r"begins with b'.*image.*', expected b'.*sent_ns"):
        sent_ns_of(EncodedEvent("message", b'{"image": {}}', 0, 13))


@given(st.integers(1, 5_000), st.integers(1, 500))
def test_the_search_ends_close_to_the_limit(limit, first_users):
    """Whatever the limit is, the search ends in time, below it, and within 15 % unless trials or users ran out."""
    search = CapacitySearch(first_users=first_users, most_users=4096, most_trials=40)
    tried = []
    while (users := search.next_users) is not None:
        assert users >= 1
        tried.append(users)
        search.tell(users, is_well=users <= limit)
    assert len(tried) <= 40
    assert search.best_users <= limit
    if limit >= 4096:
        assert search.best_users == 4096
    else:
        assert search.best_users * 1.15 + 2 >= min(limit, search.fewest_failing - 1)


def test_trials_are_bounded():
    """A machine that is never overloaded does not keep the search busy for ever."""
    search = CapacitySearch(first_users=1, most_users=10**9, most_trials=5)
    while (users := search.next_users) is not None:
        search.tell(users, is_well=True)
    assert search.best_users == 16


def row(worker: str, events: int, body_bytes: int) -> StreamRow:
    return StreamRow(
        worker=worker, planned_ns=0, started_ns=0, sent_ns=0, end_ns=SECOND,
        event_ns=tuple(range(events)), body_bytes=body_bytes, outcome=Outcome.COMPLETE,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "share"),
    [
        ((row("", 250, 250 * 50_000),), 0.25),
        ((row("a", 250, 1), row("b", 500, 1)), 0.5),
        ((row("", 10, 10_000_000),), 0.2),
        ((row("", 0, 0),), None),
    ],
    ids=["one process", "the busiest worker", "few large events", "no events"],
)
def test_the_share_is_that_of_the_busiest_second_and_worker(rows, share):
    """Events or bytes, whichever come closer to the capacity."""
    run = Run(fingerprint=replace(FINGERPRINT, envelope=ENVELOPE), rows=rows)
    assert share_used(run) == (share and pytest.approx(share))


@pytest.mark.parametrize("envelope", [None, replace(ENVELOPE, capacity_per_second=0.0)])
def test_without_a_capacity_there_is_no_share(envelope):
    """A machine that was never calibrated, or was too busy for it, says nothing about a run."""
    assert share_used(Run(fingerprint=replace(FINGERPRINT, envelope=envelope), rows=(row("", 1, 1),))) is None


def test_an_envelope_is_read_back_and_another_version_refused():
    """The form has a version, which is named when it is another."""
    assert Envelope.from_json(ENVELOPE.as_json()) == ENVELOPE
    with pytest.raises(ValueError, match="version is 7, expected 1"):
        Envelope.from_json({**ENVELOPE.as_json(), "version": 7})
    with pytest.raises(ValueError, match="cannot be read"):
        Envelope.from_json({"version": 1})


def test_a_report_of_nothing_has_no_percentiles():
    """Where no event came, figures are absent and not zero."""
    report = StampReport.of((), (), seconds=0.0, processor_seconds=0.0)
    assert (report.reader_p99_ms, report.events_per_second, report.processor_seconds_per_10000) == (None, 0.0, 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("reader", ["precise", "fast"])
def test_every_event_of_the_stamping_server_is_read(reader):
    """Stamps are after the sending, the kernel's before the reader's, and what the server sends arrives."""
    result = run_stage(Shape(event_bytes=5_000, cadence_ms=50.0, events=4, reader=reader), 4, 1)
    stamps = result.stamps
    assert stamps.events > 0.5 * result.offered_per_second * stamps.seconds
    assert 0 < stamps.kernel_p50_ms <= stamps.reader_p50_ms
    assert result.server.sent >= stamps.events


@pytest.mark.slow
def test_calibrate_prints_and_keeps_the_envelope(tmp_path, monkeypatch):
    """The command says how late stamps are and how much can be read, and a later run finds the envelope."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    options = [
        "--users",
        "2",
        "--event-bytes",
        "2000",
        "--cadence-ms",
        "50",
        "--seconds",
        "1",
        "--most-users",
        "2",
    ]
    ended = CliRunner().invoke(calibrate, options)
    assert ended.exit_code == 0, ended.output
    envelope = read_envelope("precise")
    assert envelope is not None
    assert (envelope.users, envelope.event_bytes) == (2, 2000)
    assert "reader's stamps:" in ended.output
    assert "events/s of this size" in ended.output.replace("\n", " ")


def test_no_envelope_is_none(tmp_path, monkeypatch):
    """A machine that was never calibrated, or a file that is damaged, has none."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert read_envelope("precise") is None


def test_an_interruption_ends_it(tmp_path, monkeypatch):
    """Ctrl-C ends the stretch and all that would follow, and what was kept before stays."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    process = subprocess.Popen(
        [sys.executable, "-m", "load", "calibrate", "--seconds", "60", "--users", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    # Long enough for Locust to be there as well, of which nothing is to be left.
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(4)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (3, "Interrupted: what was measured so far is not kept.\n")
    assert list(tmp_path.rglob("*.json")) == []
