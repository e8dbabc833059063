"""A fixture for pytest: ``stream_ab`` compares two deployments in turns.

Locust runs in a process of its own, since it replaces parts of the standard library where it is imported.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from load.ab.ab_result import AbResult
from load.errors import NothingRecordedError
from load.locust_process import child_environment

__all__ = ["pytest_addoption", "stream_ab"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the endpoints' options."""
    group = parser.getgroup("fal stream load")
    group.addoption("--ab-baseline", metavar="URL|FAL_ID", help="what stream_ab compares with")
    group.addoption("--ab-candidate", metavar="URL|FAL_ID", help="what stream_ab judges")


@pytest.fixture
def stream_ab(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., AbResult]:
    """Compare two deployments: ``stream_ab(candidate=…, baseline=…, metrics=["ttfp"], margin="3 %")``.

    Endpoints that are left out are those of ``--ab-candidate`` and ``--ab-baseline``. Every other keyword is an option
    of ``python -m load ab``: ``most_rounds=12`` is ``--most-rounds 12``, ``i_own_this_endpoint=True`` a flag.
    """

    def compare(
        *, candidate: str | None = None, baseline: str | None = None, metrics: Sequence[str] = (), **options: Any
    ) -> AbResult:
        endpoints = {
            "candidate": candidate or request.config.getoption("--ab-candidate"),
            "baseline": baseline or request.config.getoption("--ab-baseline"),
        }
        for name, endpoint in endpoints.items():
            if not endpoint:
                raise pytest.UsageError(f"stream_ab has no {name}; name it, or give --ab-{name}")
        further = [f"--metric={metric}" for metric in metrics] + [*map(_option, endpoints.items())]
        return _run([*further, *map(_option, options.items())], tmp_path)

    return compare


def _option(item: tuple[str, Any]) -> str:
    name, value = item
    flag = f"--{name.replace('_', '-')}"
    return flag if value is True else f"{flag}={value}"


def _run(options: list[str], folder: Path) -> AbResult:
    document, markdown, runs = folder / "ab.json", folder / "ab.md", folder / "ab"
    kept = (f"--save={runs}", f"--report=json={document}", f"--report=markdown={markdown}")
    done = subprocess.run(  # noqa: S603 - our own interpreter, no shell
        [sys.executable, "-P", "-m", "load", "ab", *kept, *options],
        env=child_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if not document.exists():
        raise (pytest.UsageError if done.returncode == 2 else NothingRecordedError)(done.stdout.strip())
    run_file = max(runs.glob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
    return AbResult.of(json.loads(document.read_text("utf-8")), markdown=markdown.read_text("utf-8"), run_file=run_file)
