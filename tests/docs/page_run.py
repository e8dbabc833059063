"""A page followed as a reader would: its files are written, its commands typed, one after another, in one folder."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs.blocks import Block

_COMMAND_SECONDS = 110
_START_SECONDS = 60
_SHELLS = ("bash", "sh")
_BASH = "/bin/bash"


@dataclass(kw_only=True)
class PageRun:
    """Follows the blocks of one page.

    Attributes:
        folder: Where the reader sits.
        environment: The reader's environment variables.
        replacements: Addresses on the page, and what stands for them here.
    """

    folder: Path
    environment: dict[str, str]
    replacements: dict[str, str]
    _output: str = ""
    _servers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def follow(self, block: Block) -> None:
        """Do what the block says."""
        needed = block.settings.get("needs", "bash")
        if block.spared is not None or shutil.which(needed) is None:
            return
        text = self._here(block.text)
        if (name := block.settings.get("file")) is not None:
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        elif "background" in block.flags:
            if "again" in block.flags:
                self.stop_servers()
            self._start(text)
        elif "output" in block.flags:
            missing = first_missing_line(text, self._output)
            assert missing is None, f"line {block.line}: {missing!r} is not in the output:\n{self._output}"
        elif (action := self._actions.get(block.language)) is not None:
            action(block, text)

    def stop_servers(self) -> None:
        """End what `background` blocks started."""
        while self._servers:
            server = self._servers.pop()
            os.killpg(server.pid, signal.SIGINT)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()

    @property
    def _actions(self) -> dict[str, Callable[[Block, str], None]]:
        return {
            **dict.fromkeys(_SHELLS, self._type),
            "console": lambda block, text: self._type(block, "\n".join(re.findall(r"^\$ (.*)$", text, re.MULTILINE))),
            "python": self._run_python,
            "toml": lambda _, text: _discard(tomllib.loads(text)),
            "json": lambda _, text: [_discard(json.loads(line)) for line in _json_documents(text)] and None,
        }

    def _here(self, text: str) -> str:
        for address, replacement in self.replacements.items():
            text = text.replace(address, replacement)
        # Tests share their processors: how late the generator is here says nothing about it.
        return re.sub(r"\bfal-stream-load (run \w+|ab)(?= )", r"\g<0> --largest-lag-seconds=5", text)

    def _type(self, block: Block, commands: str) -> None:
        expected = int(block.settings.get("exit", "0"))
        done = self._run([_BASH, "-u", *(["-e"] if expected == 0 else []), "-c", commands])
        self._output = done.stdout
        assert done.returncode == expected, f"line {block.line}: exit code {done.returncode}\n{commands}\n{done.stdout}"

    def _run_python(self, block: Block, text: str) -> None:
        done = self._run([sys.executable, "-c", text])
        assert done.returncode == 0, f"line {block.line}:\n{text}\n{done.stdout}"

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_COMMAND_SECONDS,
            check=False,
        )

    def _start(self, command: str) -> None:
        log = self.folder / "server.log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [_BASH, "-c", command],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._servers.append(server)
        ports = [int(port) for port in re.findall(r"--port (\d+)|:(\d+)", command) for port in port if port]
        port = ports[0] if ports else int(self.replacements["8000"])
        wait_for_port(port, until=lambda: server.poll() is not None)
        assert server.poll() is None, f"{command}\n{log.read_text('utf-8', 'replace')}"


def wait_for_port(port: int, *, until: Callable[[], bool] = lambda: False) -> None:
    """Return when something listens on the port, or `until` says that nothing ever will."""
    deadline = time.monotonic() + _START_SECONDS
    while not until():
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, f"nothing listens on port {port}"
            time.sleep(0.05)
        else:
            return


def first_missing_line(expected: str, output: str) -> str | None:
    """The first line that does not come in its turn; digits stand for any digits, and `...` for any lines."""
    lines = iter([_shape(line) for line in output.splitlines()])
    for line in expected.splitlines():
        if line.strip() in ("", "..."):
            continue
        if _shape(line) not in lines:
            return line
    return None


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", " ".join(line.split()))


def _json_documents(text: str) -> list[str]:
    """A block of JSON is one document, or one a line."""
    try:
        json.loads(text)
    except ValueError:
        return [line for line in text.splitlines() if line.strip()]
    return [text]


def _discard(_: object) -> None:
    """Reading it was the test."""
