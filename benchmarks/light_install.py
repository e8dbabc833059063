"""How long it takes from `pip install` of the light package to a verdict.

    python benchmarks/light_install.py [--json PATH]

The wheel is built, installed into a new virtual environment without pip's cache, and one check is run against a stream
that is played on loopback. The seconds of the installation are mostly those of the package index and of the disk.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from conformance.core import Transcript
from conformance.player import Player
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import load_probes
from conformance.samples import answer, good_events, stream
from conformance.stream.payload import Json

HEAVY = frozenset({"accelerate", "diffusers", "fal", "fastapi", "gevent", "locust", "plotly", "torch", "transformers"})
"""What computes pictures, draws pages or makes load: none of it is needed for a verdict."""

_ROOT = Path(__file__).parents[1]
_PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet", "--no-cache-dir")
_BYTES_PER_MB = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LightInstall:
    """What one installation took.

    Attributes:
        install_seconds: From the start of pip to its end.
        check_seconds: From the start of `fal-stream-check check` to its verdict on a played stream.
        exit_code: The verdict; 0 is that every MUST held.
        wheel_mb: Size of the package's own wheel, in 10^6 bytes.
        installed_mb: What the virtual environment grew by, in 10^6 bytes.
        packages: Names of all packages in it.
    """

    install_seconds: float
    check_seconds: float
    exit_code: int
    wheel_mb: float
    installed_mb: float
    packages: tuple[str, ...]

    @property
    def heavy(self) -> list[str]:
        """Packages that a light install must not have."""
        return sorted(HEAVY.intersection(self.packages))


def measure(folder: Path) -> LightInstall:
    """Build, install and check in a folder.

    Raises:
        subprocess.CalledProcessError: The package could not be built or installed; its ``stderr`` says why.
    """
    _run(sys.executable, *_PIP, "wheel", "--no-deps", "--wheel-dir", folder, _ROOT)
    wheel = next(folder.glob("*.whl"))
    venv.create(folder / "venv", with_pip=True)
    before = _size_mb(folder / "venv")
    python = folder / "venv" / "bin" / "python"
    started = time.monotonic()
    _run(python, *_PIP, "install", wheel)
    install_seconds = time.monotonic() - started
    installed_mb = _size_mb(folder / "venv") - before
    with Player(_good_endpoint(), speed=0) as url:
        started = time.monotonic()
        command = [str(python.with_name("fal-stream-check")), "check", url]
        checked = subprocess.run(command, capture_output=True, check=False, env=_plain())  # noqa: S603
        check_seconds = time.monotonic() - started
    listed = json.loads(_run(python, "-m", "pip", "--disable-pip-version-check", "list", "--format", "json"))
    return LightInstall(
        install_seconds=install_seconds,
        check_seconds=check_seconds,
        exit_code=checked.returncode,
        wheel_mb=wheel.stat().st_size / _BYTES_PER_MB,
        installed_mb=installed_mb,
        packages=tuple(sorted(item["name"].lower() for item in listed)),
    )


def main() -> int:
    """Measure once and print it; 1 where the install is not light or gives no verdict."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures there as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder))
    table = Table("figure", "value", title="From pip install to a verdict")
    table.add_row("installation", f"{found.install_seconds:.1f} s")
    table.add_row("first check, of a stream played at once", f"{found.check_seconds:.1f} s")
    table.add_row("its exit code", str(found.exit_code))
    table.add_row("wheel", f"{found.wheel_mb:.1f} MB")
    table.add_row("installed", f"{found.installed_mb:.0f} MB in {len(found.packages)} packages")
    table.add_row("heavy packages", ", ".join(found.heavy) or "none")
    Console().print(table)
    if options.json is not None:
        options.json.write_text(json.dumps(asdict(found), indent=2) + "\n", "utf-8")
    return 1 if found.heavy or found.exit_code != 0 else 0


def _good_endpoint() -> list[Transcript]:
    """A stream, and what every app refuses."""
    endpoint = Endpoint(url="http://127.0.0.1:8000/stream", payload={"prompt": "a red circle"})
    refused = {"invalid_input": 422, "malformed_json": 422, "missing_body": 422, "wrong_method": 405}
    detail: Json = {"detail": [{"loc": ["body", "prompt"], "msg": "not a string", "type": "string_type"}]}
    answers = (answer(probe, status, detail, headers=(("allow", "POST"),)) for probe, status in refused.items())
    requests = (load_probes()[probe].build(endpoint) for probe in refused)
    refusals = [replace(item, request=request) for item, request in zip(answers, requests, strict=True)]
    return [stream(*good_events()), *refusals]


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=_plain())  # noqa: S603
    return done.stdout


def _plain() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def _size_mb(folder: Path) -> float:
    return sum(file.lstat().st_size for file in folder.rglob("*")) / _BYTES_PER_MB


if __name__ == "__main__":
    sys.exit(main())
