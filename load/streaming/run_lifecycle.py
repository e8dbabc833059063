"""A run from its first stream to its last, whether one process reads or a master has workers that do.

Importing this module listens to Locust's events. While a run goes on, ``environment.stream_rows`` takes what was
seen, and ``environment.run_start_ns`` is the instant that every other one is counted from. Whoever wants each row in
the process that read it listens to ``environment.events.stream_row``.
"""

import time
from pathlib import Path
from typing import Any

import gevent
from locust import events
from locust.event import EventHook
from locust.runners import MasterRunner, WorkerRunner

from load.run import Mark, MarkKind
from load.run_file import read_record
from load.streaming.run.row_courier import LINES_MESSAGE, RowCourier
from load.streaming.run.run_clock import since_start_ns
from load.streaming.run.run_fingerprint import fingerprint_of
from load.streaming.run.run_recorder import RunRecorder
from load.streaming.run.run_writer import RunWriter
from load.streaming.users.stream_watch import stop_watch

__all__: list[str] = []

_FINISH_MESSAGE = "stream_finish"
_FINISHED_MESSAGE = "stream_finished"
_WRITE_FAILED = 2
_SLACK_SECONDS = 10.0
_LOST_STATES = ("missing",)


@events.init.add_listener
def _listen_to_the_others(environment: Any, runner: Any, **_: Any) -> None:
    # Locust sets the timer of --run-time next, by the time that the event loop last looked at: before all imports.
    gevent.get_hub().loop.update_now()
    environment.stream_rows = None
    environment.events.stream_row = EventHook()
    if isinstance(runner, MasterRunner):
        runner.register_message(LINES_MESSAGE, _take_lines)
        runner.register_message(_FINISHED_MESSAGE, _worker_finished)
    elif isinstance(runner, WorkerRunner):
        # Concurrently: the worker must go on hearing from its master while its streams end.
        runner.register_message(_FINISH_MESSAGE, _finish_worker, concurrent=True)


@events.test_start.add_listener
def _start(environment: Any, **_: Any) -> None:
    environment.run_start_ns = time.monotonic_ns()
    runner = environment.runner
    if isinstance(runner, WorkerRunner):
        environment.stream_rows = RowCourier(runner)
        return
    fingerprint = fingerprint_of(environment)
    path = environment.parsed_options.rows
    writer = RunWriter(Path(path), fingerprint) if path else None
    environment.stream_rows = RunRecorder(fingerprint, writer, disk_failed=lambda: _give_up(environment))
    if isinstance(runner, MasterRunner):
        environment.unfinished_workers = {}
        environment.worker_watch = gevent.spawn(_watch_workers, environment)


@events.test_stopping.add_listener
def _stop_starting(environment: Any, **_: Any) -> None:
    rows = environment.stream_rows
    if isinstance(rows, RunRecorder):
        rows.stop_starting(since_start_ns(environment))
    if isinstance(environment.runner, MasterRunner):
        # Locust's master leaves half a second after it says so, whatever its workers still read.
        _finish_workers(environment)


@events.test_stop.add_listener
def _stop(environment: Any, **_: Any) -> None:
    stop_watch(environment)
    rows = environment.stream_rows
    if isinstance(rows, RowCourier):
        rows.close(since_start_ns(environment))
        environment.runner.send_message(_FINISHED_MESSAGE, {})
    elif isinstance(rows, RunRecorder):
        if isinstance(environment.runner, MasterRunner):
            environment.worker_watch.kill(block=False)
        rows.close()


def _give_up(environment: Any) -> None:
    environment.process_exit_code = _WRITE_FAILED
    gevent.spawn(environment.runner.quit)


def _take_lines(environment: Any, msg: Any, **_: Any) -> None:
    rows = environment.stream_rows
    if rows is None:
        return
    worker = _worker_name(environment, msg.node_id)
    for line in msg.data:
        rows.add_from(worker, read_record(line))


def _worker_name(environment: Any, client_id: str) -> str:
    return f"worker {environment.runner.get_worker_index(client_id)}"


def _worker_finished(environment: Any, msg: Any, **_: Any) -> None:
    environment.unfinished_workers.pop(msg.node_id, None)


def _finish_worker(environment: Any, **_: Any) -> None:
    environment.runner.stop()


def _finish_workers(environment: Any) -> None:
    runner = environment.runner
    for client_id in list(environment.unfinished_workers):
        runner.send_message(_FINISH_MESSAGE, {}, client_id)
    deadline = time.monotonic() + environment.stop_timeout + _SLACK_SECONDS
    while environment.unfinished_workers and time.monotonic() < deadline:
        gevent.sleep(0.05)


def _watch_workers(environment: Any) -> None:
    clients = environment.runner.clients
    unfinished = environment.unfinished_workers
    unfinished.update({client.id: client for client in clients.all})
    while True:
        gevent.sleep(0.5)
        for client_id, client in list(unfinished.items()):
            if client.state in _LOST_STATES:
                del unfinished[client_id]
                _tell_lost(environment, client_id)
                if not unfinished:
                    gevent.spawn(environment.runner.quit)


def _tell_lost(environment: Any, client_id: str) -> None:
    text = f"{_worker_name(environment, client_id)} went silent: what it had not sent by then is not in this run"
    environment.stream_rows.add_mark(Mark(at_ns=since_start_ns(environment), kind=MarkKind.WORKER_LOST, text=text))
