"""What goes wrong with a history: a clear error, and nothing lost."""

import json
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from load.errors import HistoryError
from load.history.history import History
from tests.load.history.run_files import run_file

ROOT = Path(__file__).parents[3]


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "load", "history", *map(str, arguments)]


def run_history(*arguments: object, **options) -> subprocess.CompletedProcess[str]:
    options = {"cwd": ROOT, "capture_output": True, "text": True, "timeout": 60, "check": False, **options}
    return subprocess.run(command(*arguments), **options)


def test_a_corrupted_line_is_named_and_nothing_is_added(tmp_path):
    """The line's number, exit code 2, and no trace of it in the history."""
    path, place = run_file(tmp_path), tmp_path / "history"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:3], lines[3].replace('"planned_ns"', '"planned'), *lines[4:]]))
    ended = run_history("add", path, "--history", place)
    assert (ended.returncode, "line 4 of the run file is not valid" in ended.stderr) == (2, True)
    assert list((place / "runs").iterdir()) == []


def test_a_last_line_that_was_torn_off(tmp_path):
    """A run that was cut short is kept with everything that was whole."""
    path = run_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    with History.open(str(tmp_path / "history"), is_made=True) as history:
        assert len(history.run(history.add(path).run_id).rows) == 60


def test_a_run_file_of_a_newer_version(tmp_path):
    """It says which version was expected."""
    path = run_file(tmp_path)
    first, rest = path.read_text().split("\n", 1)
    path.write_text(json.dumps({**json.loads(first), "version": 99}) + "\n" + rest)
    with (
        History.open(str(tmp_path / "history"), is_made=True) as history,
        pytest.raises(HistoryError, match="expected version to be"),
    ):
        history.add(path)


def test_a_file_that_is_something_else(tmp_path):
    """Neither a run nor figures."""
    path = tmp_path / "notes.txt"
    path.write_bytes(b"\xff\xfe hello")
    ended = run_history("add", path, "--history", tmp_path / "history")
    assert (ended.returncode, "neither a run" in ended.stderr) == (2, True)


def test_a_newer_schema_is_left_alone(tmp_path):
    """An older program must not write to what it does not understand."""
    place = tmp_path / "history"
    with History.open(str(place), is_made=True):
        pass
    engine = create_engine(f"sqlite:///{place / 'index.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    ended = run_history("list", "--history", place)
    assert (ended.returncode, "'9999', newer than this program, which knows" in ended.stderr) == (2, True)


def test_an_index_that_is_none(tmp_path):
    """What SQLite says of it, in one line."""
    place = tmp_path / "history"
    (place / "runs").mkdir(parents=True)
    (place / "index.sqlite").write_bytes(b"not a database, at all, whatever its name may say" * 40)
    ended = run_history("list", "--history", place)
    assert (ended.returncode, "file is not a database" in ended.stderr) == (2, True)


@pytest.mark.slow
def test_two_writers_at_once(tmp_path):
    """Twenty runs each, into a history that neither found there: all forty are in it."""
    place = tmp_path / "history"
    files = [run_file(tmp_path, number) for number in range(40)]
    writers = [
        subprocess.Popen(command("add", *files[half : half + 20], "--history", place), cwd=ROOT, stdout=subprocess.PIPE)
        for half in (0, 20)
    ]
    assert [(writer.communicate()[0] is not None, writer.returncode) for writer in writers] == [(True, 0)] * 2
    with History.open(str(place), is_made=True) as history:
        assert len(history.entries()) == 40


def test_a_full_disk(tmp_path):
    """The error names the file; what was there is still there, and nothing half-written is left."""
    place = tmp_path / "history"
    small, large = run_file(tmp_path, 1), run_file(tmp_path, 2)
    assert run_history("add", small, "--history", place).returncode == 0
    limit = large.stat().st_size // 2
    ended = run_history(
        *("add", large, "--history", place),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert (ended.returncode, "cannot be written: File too large" in ended.stderr) == (2, True)
    with History.open(str(place), is_made=True) as history:
        (entry,) = history.entries()
        assert history.document(entry.run_id).data == small.read_bytes()
    assert [path.name for path in (place / "runs").iterdir()] == [f"{entry.run_id}.jsonl"]


@pytest.mark.slow
def test_ctrl_c_while_adding_many(tmp_path):
    """What was added stays, and the rest can be added again."""
    place = tmp_path / "history"
    files = [run_file(tmp_path, number) for number in range(60)]
    adding = subprocess.Popen(command("add", *files, "--history", place), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert adding.stdout is not None
    assert adding.stdout.readline()
    time.sleep(0.05)
    adding.send_signal(signal.SIGINT)
    adding.communicate()
    assert adding.returncode == 1
    with History.open(str(place), is_made=True) as history:
        kept = history.entries()
        assert len(kept) > 0
        assert all(history.run(entry.run_id) for entry in kept)
    assert run_history("add", *files, "--history", place).returncode == 0
    with History.open(str(place), is_made=True) as history:
        assert len(history.entries()) == 60


def test_a_password_is_not_told(tmp_path):
    """A database that cannot be reached is named without it."""
    ended = run_history("list", "--history", "postgresql+psycopg://me:s3cret@127.0.0.1:1/runs")
    assert (ended.returncode, "s3cret" in ended.stderr, "127.0.0.1" in ended.stderr) == (2, False, True)


def test_a_history_that_is_not_there(tmp_path):
    """Looking does not make one."""
    place = tmp_path / "history"
    ended = run_history("list", "--history", place)
    assert (ended.returncode, "there is no history in" in ended.stderr, place.exists()) == (2, True, False)
