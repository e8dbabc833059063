"""A history in a real PostgreSQL, shared by two."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from load.history.document import Document
from load.history.history import History
from load.history.labels import Labels
from load.history.selection import Selection
from tests.load.history.run_files import made_up_run, run_file

pytest.importorskip("psycopg")
ROOT = Path(__file__).parents[3]
_PLACES = os.pathsep.join([*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"))), os.environ.get("PATH", "")])
INITDB, POSTGRES = (shutil.which(name, path=_PLACES) for name in ("initdb", "postgres"))


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The URL of an empty database of its own."""
    if INITDB is None or POSTGRES is None:
        pytest.skip("PostgreSQL is not installed")
    # It refuses to run as root.
    user = {"user": "nobody"} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(dir="/tmp") as name, socket.create_server(("127.0.0.1", 0)) as free:
        folder, port = Path(name), free.getsockname()[1]
        if user:
            shutil.chown(folder, "nobody")
        free.close()
        made = [INITDB, "-D", f"{folder}/data", "-U", "team", "--auth=trust", "--no-sync", "-E", "UTF8"]
        subprocess.run(made, check=True, capture_output=True, cwd=folder, **user)
        options = ["-D", f"{folder}/data", "-p", str(port), "-k", name, "-c", "listen_addresses=127.0.0.1", "-F"]
        server = subprocess.Popen([POSTGRES, *options], stderr=subprocess.PIPE, text=True, cwd=folder, **user)
        try:
            assert server.stderr is not None
            assert any("ready to accept connections" in line for line in server.stderr)
            yield f"postgresql+psycopg://team@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.communicate()


@pytest.mark.slow
def test_what_one_adds_the_other_finds(database, tmp_path):
    """Documents live in the database: nobody needs the other's files."""
    with History.open(database) as mine, History.open(database) as yours:
        entry = mine.add(run_file(tmp_path, 7), Labels(branch="main"))
        assert yours.entries(Selection(branch="main")) == [entry]
        assert yours.run(entry.run_id) == made_up_run(7)


@pytest.mark.slow
def test_two_writers_at_once(database, tmp_path):
    """Forty runs from two processes are all there, and the index can be made again."""
    files = [run_file(tmp_path, number) for number in range(100, 140)]
    add = [sys.executable, "-m", "load", "history", "add", "--history", database]
    writers = [subprocess.Popen([*add, *map(str, files[half : half + 20])], cwd=ROOT) for half in (0, 20)]
    assert [writer.wait() for writer in writers] == [0, 0]
    with History.open(database) as history:
        entries = history.entries()
        assert (
            len({entry.run_id for entry in entries} & {Document(data=path.read_bytes()).run_id for path in files}) == 40
        )
        assert history.rebuild() == len(entries)
        assert history.entries() == entries


@pytest.mark.slow
def test_a_folder_moves_in(database, tmp_path):
    """Merging a folder into the database loses neither runs nor labels."""
    folder = str(tmp_path / "history")
    with History.open(folder, is_made=True) as history:
        moved = history.add(run_file(tmp_path, 200), Labels(tag="v1"))
    merge = [sys.executable, "-m", "load", "history", "merge", folder, "--history", database]
    assert subprocess.run(merge, cwd=ROOT, check=False).returncode == 0
    with History.open(database) as history:
        assert history.entry(moved.run_id) == moved
