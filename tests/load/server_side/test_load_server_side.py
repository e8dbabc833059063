"""The server's side, from its own page and from the driver."""

import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest

from load.errors import UsageError
from load.run import ServerSample
from load.run_file import read_run
from load.server_series import server_series
from load.server_side.nvml import Nvml, NvmlMissingError
from load.server_side.prometheus_page import MAX_PAGE_BYTES, PageUnreadableError, PrometheusPage
from load.server_side.prometheus_text import MOST_SERIES, values_of

ROOT = Path(__file__).parents[3]
PAGE = """# TYPE app_running gauge
app_running 3
# TYPE app_generations counter
app_generations_total{outcome="complete"} 7
app_generations_created{outcome="complete"} 1.7e9
# TYPE app_step_seconds histogram
app_step_seconds_bucket{le="0.1"} 5
app_step_seconds_bucket{le="+Inf"} 6
app_step_seconds_sum 0.9
app_step_seconds_count 6
# TYPE python_gc_objects_collected counter
python_gc_objects_collected_total 99
# TYPE broken gauge
broken NaN
"""


class _Pages(http.server.BaseHTTPRequestHandler):
    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.seen.append(str(self.headers))
        answers = {
            "/metrics": (200, PAGE.encode()),
            "/moved": (302, b""),
            "/html": (200, b"<html>no metrics</html>"),
            "/bytes": (200, b"\xff\xfe"),
            "/large": (200, b"# x\n" * (MAX_PAGE_BYTES // 4 + 1)),
        }
        status, body = answers[self.path]
        self.send_response(status)
        self.send_header("Location", "/metrics")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def origin() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_is_read_by_series():
    """Gauges, counters, sums and counts; neither buckets, nor the interpreter's own, nor what is no number."""
    assert values_of(PAGE) == (
        ("app_running", 3.0),
        ('app_generations_total{outcome="complete"}', 7.0),
        ("app_step_seconds_sum", 0.9),
        ("app_step_seconds_count", 6.0),
    )


def test_a_page_of_thousands_is_cut():
    """What a run keeps each second stays small."""
    assert len(values_of("".join(f"series_{number} 1\n" for number in range(5000)))) == MOST_SERIES


def test_a_page_is_fetched_without_a_credential(origin, monkeypatch):
    """FAL_KEY is for the endpoint, and for nobody else."""
    monkeypatch.setenv("FAL_KEY", "secret")
    page = PrometheusPage(f"{origin}/metrics")
    assert dict(page.values())["app_running"] == 3.0
    page.close()
    assert "secret" not in _Pages.seen[-1]
    assert "authorization" not in _Pages.seen[-1].lower()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/moved", "the answer is 302"),
        ("/html", "not in Prometheus' text format"),
        ("/bytes", "not in Prometheus' text format"),
        ("/large", "the page is larger than 4194304 bytes"),
    ],
)
def test_what_is_no_page_is_said(origin, path, reason):
    """Redirects are not followed, and nothing is read without a bound."""
    page = PrometheusPage(origin + path)
    with pytest.raises(PageUnreadableError, match=reason):
        page.values()
    page.close()


def test_a_page_that_is_not_there_is_said(closed_origin):
    """Nobody listens."""
    with pytest.raises(PageUnreadableError, match="refused"):
        PrometheusPage(f"{closed_origin}/metrics").values()


@pytest.mark.parametrize("url", ["metrics", "ftp://a/metrics", "http:///metrics", "http://me:secret@a/metrics"])
def test_a_bad_address_is_refused_without_its_password(url):
    """One line, which repeats no secret."""
    with pytest.raises(UsageError) as refused:
        PrometheusPage(url)
    assert "secret" not in str(refused.value)


def sampled(*values: dict[str, float]) -> tuple[ServerSample, ...]:
    return tuple(
        ServerSample(at_ns=second * 10**9, source="prometheus", values=tuple(of_second.items()))
        for second, of_second in enumerate(values)
    )


def test_counters_become_rates_and_sums_become_means():
    """Between samples; what a restart lost is left out, and gauges stay as they are."""
    samples = sampled(
        {"running": 1, 'made_total{kind="a"}': 5, "step_sum": 1.0, "step_count": 10},
        {"running": 4, 'made_total{kind="a"}': 8, "step_sum": 2.0, "step_count": 15},
        {"running": 2, 'made_total{kind="a"}': 1, "step_sum": 0.5, "step_count": 15},
    )
    assert server_series(samples) == {
        "running": ((0, 1), (10**9, 4), (2 * 10**9, 2)),
        'made{kind="a"} per second': ((10**9, 3.0),),
        "mean step": ((10**9, 0.2),),
    }


def test_without_a_driver_nvml_says_so(monkeypatch):
    """The library is there, and no driver answers it."""

    def refuse() -> None:
        raise RuntimeError("Driver Not Loaded")

    monkeypatch.setitem(sys.modules, "pynvml", SimpleNamespace(NVMLError=RuntimeError, nvmlInit=refuse))
    with pytest.raises(NvmlMissingError, match="no NVIDIA driver answers here: Driver Not Loaded"):
        Nvml()


def test_every_gpu_is_asked(monkeypatch):
    """Load, memory and power, each with the number of its GPU. A stand-in, since this machine has no driver."""
    library = SimpleNamespace(
        NVMLError=RuntimeError,
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetCount=lambda: 2,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetUtilizationRates=lambda gpu: SimpleNamespace(gpu=50 + gpu),
        nvmlDeviceGetMemoryInfo=lambda gpu: SimpleNamespace(used=1000 * (gpu + 1)),
        nvmlDeviceGetPowerUsage=lambda _: 250_000,
    )
    monkeypatch.setitem(sys.modules, "pynvml", library)
    assert dict(Nvml().values()) == {
        'gpu_utilisation_ratio{gpu="0"}': 0.5,
        'gpu_memory_used_bytes{gpu="0"}': 1000.0,
        'gpu_power_watts{gpu="0"}': 250.0,
        'gpu_utilisation_ratio{gpu="1"}': 0.51,
        'gpu_memory_used_bytes{gpu="1"}': 2000.0,
        'gpu_power_watts{gpu="1"}': 250.0,
    }


@pytest.mark.slow
def test_a_run_keeps_what_its_server_said(endpoint, origin, tmp_path):
    """On the time axis of the streams; a page that is gone is one note, and no failed run."""
    command = [sys.executable, "-m", "load", "run", "steady", "--endpoint", endpoint.url, "--seconds", "3"]
    command += ["--largest-lag-seconds", "5", "--server-metrics-seconds", "0.5", "--nvml", "--save", str(tmp_path)]
    for path in ("/metrics", "/moved"):
        ended = subprocess.run([*command, "--server-metrics", origin + path], cwd=ROOT, check=False)
        assert ended.returncode == 0
    runs = []
    for file in sorted(tmp_path.glob("*.jsonl")):
        with file.open() as lines:
            runs.append(read_run(lines))
    told, untold = runs
    assert len(told.samples) >= 3
    assert {dict(sample.values)["app_running"] for sample in told.samples if sample.source == "prometheus"} == {3.0}
    assert 0 <= told.samples[0].at_ns < told.samples[-1].at_ns <= max(row.end_ns for row in told.rows) + 1e9
    assert [mark.text for mark in untold.marks if "302" in mark.text] == [
        "the server's metrics could not be read: the answer is 302"
    ]
