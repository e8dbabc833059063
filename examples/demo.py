"""The main job, end to end: start the reference app through fal, check its stream, put load on it, keep the evidence.

    python examples/demo.py [--output FOLDER] [--pipeline embedded|simulated] [--load-seconds 20]

The app runs on this machine through `fal run --local`, fal's own way, and is stopped at the end. fal's local
server listens on every interface while it runs; `python -m reference_app` is the loopback-only alternative.
"""

import argparse
import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 180
OBJECTIVES = Path(__file__).with_name("objectives.toml")


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def running_app(pipeline: str, log: Path) -> Iterator[str]:
    """The app's base URL while it runs; its own process is stopped at the end."""
    spec = importlib.util.find_spec("reference_app")
    if spec is None or spec.origin is None:
        sys.exit("the reference app is not installed: python3 -m pip install 'fal-stream-conformance[app]'")
    app = Path(spec.origin).with_name("app.py")
    port, metrics_port = free_port(), free_port()
    fal = Path(sys.executable).with_name("fal")
    command = [fal, "run", "--local", f"{app}::StreamSDXL"]
    command += ["--exposed-port", str(port), "--exposed-metrics-port", str(metrics_port)]
    environment = {**os.environ, "REFERENCE_APP_PIPELINE": pipeline}
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)  # noqa: S603
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}/health", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            stop(process)


def wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Ask until the app answers, or stop with the end of its log."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own app on loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    sys.exit(f"the app did not start; the end of {log}:\n{log.read_text(errors='replace')[-2000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the app politely, then firmly."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def check(base: str, folder: Path) -> int:
    """Check the app's stream; the evidence goes to the folder, the exit code is the check's."""
    formats = {"html": "report.html", "json": "report.json", "junit": "report.xml"}
    reports = [f"--report={name}={folder / file}" for name, file in formats.items()]
    command = [sys.executable, "-m", "conformance", "check", f"{base}/stream", "--save", str(folder), *reports]
    return subprocess.run(command, check=False).returncode  # noqa: S603


def put_load_on(base: str, folder: Path, seconds: int) -> int:
    """Two people for so long, held to the objectives beside this file; the exit code is the run's."""
    command = [sys.executable, "-m", "load", "run", "steady", "--endpoint", f"{base}/stream"]
    command += ["--users", "2", "--seconds", str(seconds), "--save", str(folder / "load")]
    command += ["--objectives", str(OBJECTIVES), f"--report=html={folder / 'load.html'}"]
    return subprocess.run(command, check=False).returncode  # noqa: S603


def main() -> int:
    """Run the demonstration; the exit code is the check's, or the load run's where the check held."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=Path("stream-check"), help="where the evidence goes")
    parser.add_argument("--pipeline", default="embedded", choices=["embedded", "simulated"], help="what the app runs")
    parser.add_argument("--load-seconds", type=int, default=20, help="how long the load lasts")
    options = parser.parse_args()
    folder: Path = options.output
    folder.mkdir(parents=True, exist_ok=True)
    print("Starting the reference app (a real fal.App with an SDXL pipeline) ...", flush=True)
    started = time.monotonic()
    with running_app(options.pipeline, folder / "app.log") as base:
        print(f"{base} is healthy after {time.monotonic() - started:.1f} s; checking {base}/stream\n", flush=True)
        check_code = check(base, folder)
        print(f"\nPutting load on it: 2 users for {options.load_seconds} s\n", flush=True)
        load_code = put_load_on(base, folder, options.load_seconds)
    print(f"\nTranscripts, reports, the run and the app's log are in {folder.resolve()}")
    print(f"To look rather than read, open {folder / 'report.html'} and {folder / 'load.html'} in a browser.")
    print(f"Judge the same evidence again, offline: fal-stream-check judge {folder}/*.jsonl")
    return check_code or load_code


if __name__ == "__main__":
    sys.exit(main())
