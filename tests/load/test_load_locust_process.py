"""How Locust is called."""

from pathlib import Path

import pytest

from load.endpoint import Endpoint
from load.locust_process import LocustProcess


def command(*options: str, processes: int = 1) -> list[str]:
    process = LocustProcess(
        scenario=Path("steady.py"),
        endpoint=Endpoint.parse("http://127.0.0.1:1"),
        users=1,
        run_seconds=1,
        payload="{}",
        wait_seconds=1,
        processes=processes,
        further_options=options,
        rows_path=Path("run.jsonl"),
        log_path=Path("run.log"),
    )
    return process.command()


@pytest.mark.parametrize("before", ["", "@", "--dataset=", "--preview-payloads=@"])
def test_a_file_among_the_options_is_named_from_anywhere(tmp_path, monkeypatch, before):
    """Locust runs in another folder than the user."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a=b.jsonl").touch()
    assert command(f"{before}a=b.jsonl")[-1] == f"{before}{tmp_path / 'a=b.jsonl'}"


@pytest.mark.parametrize("option", ["--rate", "2", "--rate=2", '{"a": "' + "x" * 5000 + '"}', "@nowhere", "a\0b"])
def test_other_options_are_passed_on_as_they_are(option):
    """JSON that is longer than a file's name may be, too."""
    assert command(option)[-1] == option


def test_several_processes_meet_on_loopback_and_on_a_port_of_their_own():
    """Another run on this machine does not find its port taken, and another machine finds none."""
    ports = set()
    for _ in range(2):
        words = command(processes=2)
        assert words[words.index("--master-bind-host") + 1] == "127.0.0.1"
        assert words[words.index("--master-bind-port") + 1] == words[words.index("--master-port") + 1]
        ports.add(words[words.index("--master-port") + 1])
    assert len(ports) == 2
