"""What Prometheus reads, scraped over a socket while real generations run."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from prometheus_client import start_http_server
from prometheus_client.parser import text_string_to_metric_families

from reference_app.pipelines.simulated import SimulatedPipeline

Scrape = Callable[[], dict[str, float]]
PREFIX = "stream_sdxl_"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server, thread = start_http_server(0, "127.0.0.1")
    yield f"http://127.0.0.1:{server.server_port}/metrics"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def scrape(url: str) -> Scrape:
    """Every sample of ours by name and labels, as it rose since the test began."""

    def read() -> dict[str, float]:
        families = text_string_to_metric_families(httpx.get(url).text)
        return {
            sample.name.removeprefix(PREFIX) + "".join(f" {value}" for value in sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
            if sample.name.startswith(PREFIX)
        }

    before = read()
    return lambda: {name: value - before.get(name, 0.0) for name, value in read().items()}


def _endings(scraped: dict[str, float]) -> dict[str, float]:
    return {
        name.removeprefix("generations_total "): value
        for name, value in scraped.items()
        if name.startswith("generations_total ") and value
    }


def test_a_finished_generation_is_counted_with_its_steps_and_previews(
    serve: Callable[..., Any], scrape: Scrape
) -> None:
    """One stream of eleven steps: eleven steps of one picture, three previews, one first preview, one result."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.03))

    endpoint.events(prompt="a", num_inference_steps=11, min_preview_interval_seconds=0)
    counted = scrape()

    assert _endings(counted) == {"finished": 1}
    assert counted["step_seconds_count"] == 11
    assert counted["step_seconds_bucket 0.02"] == 0
    assert counted["step_pictures_bucket 1.0"] == 11
    assert counted["previews_sent_total"] == 3
    assert counted["previews_dropped_total"] == 0
    assert counted["queue_seconds_count"] == 1
    assert counted["first_preview_seconds_count"] == 1
    assert counted["final_seconds_count"] == 1
    assert 0.33 < counted["final_seconds_sum"] < 5


def test_the_plain_route_has_a_result_and_no_preview(serve: Callable[..., Any], scrape: Scrape) -> None:
    """`/` is a generation like any other, without previews."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0))

    endpoint.client.post(f"{endpoint.url}/", json={"prompt": "a", "num_inference_steps": 6}).raise_for_status()
    counted = scrape()

    assert _endings(counted) == {"finished": 1}
    assert counted["final_seconds_count"] == 1
    assert counted["first_preview_seconds_count"] == 0
    assert counted["previews_sent_total"] == 0


def test_generations_at_once_are_seen_running_and_waiting(serve: Callable[..., Any], scrape: Scrape) -> None:
    """With room for two pictures, two of three run and one waits; steps of two pictures are told as such."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.05, lanes=1, max_batch=2))
    begun = threading.Barrier(4)

    def read(_: int) -> None:
        blocks = endpoint.blocks(prompt="a", num_inference_steps=20)
        next(blocks)
        begun.wait(10)
        for _block in blocks:
            pass

    with ThreadPoolExecutor(3) as threads:
        done = threads.map(read, range(3))
        begun.wait(10)
        during = scrape()
        list(done)
    after = scrape()

    assert (during["generations_running"], during["generations_waiting"]) == (2, 1)
    assert (after["generations_running"], after["generations_waiting"]) == (0, 0)
    assert after["step_pictures_sum"] == 3 * 20
    assert after["step_pictures_count"] < 3 * 20
    assert _endings(after) == {"finished": 3}


def test_a_slow_client_makes_previews_drop(serve: Callable[..., Any], scrape: Scrape) -> None:
    """Previews that were overtaken are counted, and with those that were sent they are all there were."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0))

    events = endpoint.events(
        prompt="a", num_inference_steps=100, preview_every_steps=1, min_preview_interval_seconds=0, width=1536
    )
    counted = scrape()

    assert counted["previews_sent_total"] == len(events) - 1
    assert counted["previews_sent_total"] + counted["previews_dropped_total"] == 100


class Ends:
    """Ways to end, each by what a client does."""

    @staticmethod
    def by_leaving(endpoint: Any) -> None:
        blocks = endpoint.blocks(prompt="a", num_inference_steps=100)
        next(blocks)
        blocks.close()

    @staticmethod
    def by_leaving_the_plain_route(endpoint: Any) -> None:
        with pytest.raises(httpx.ReadTimeout):
            endpoint.client.post(f"{endpoint.url}/", json={"prompt": "a", "num_inference_steps": 100}, timeout=0.3)

    @staticmethod
    def by_cancelling(endpoint: Any) -> None:
        endpoint.client.headers["x-fal-request-id"] = "r1"
        blocks = endpoint.blocks(prompt="a", num_inference_steps=100)
        next(blocks)
        endpoint.client.post(f"{endpoint.url}/stream/cancel")
        list(blocks)

    @staticmethod
    def by_failing(endpoint: Any) -> None:
        endpoint.events(prompt="a", num_inference_steps=100, guidance_scale=0)

    @staticmethod
    def by_failing_at_once(endpoint: Any) -> None:
        endpoint.client.post(f"{endpoint.url}/stream", json={"prompt": "a", "seed": 13})

    @staticmethod
    def by_want_of_memory(endpoint: Any) -> None:
        endpoint.client.post(f"{endpoint.url}/stream", json={"prompt": "too much"})

    @staticmethod
    def by_shutdown(endpoint: Any) -> None:
        blocks = endpoint.blocks(prompt="a", num_inference_steps=100)
        next(blocks)
        endpoint.shut_down()
        list(blocks)


class ManyFaults(SimulatedPipeline):
    def begin(self, request: Any) -> Any:
        if request.prompt == "too much":
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB.")
        if request.seed == 13:
            raise ValueError("an unlucky seed")
        return SimulatedPipeline.begin(self, request)

    def step(self, batch: Any) -> None:
        if any(denoising.request.guidance_scale == 0 and denoising.steps_done for denoising in batch):
            raise ValueError("no guidance")
        SimulatedPipeline.step(self, batch)


@pytest.mark.parametrize(
    ("act", "outcome"),
    [
        (Ends.by_leaving, "client_gone"),
        (Ends.by_leaving_the_plain_route, "client_gone"),
        (Ends.by_cancelling, "cancelled"),
        (Ends.by_failing, "internal_error"),
        (Ends.by_failing_at_once, "internal_error"),
        (Ends.by_want_of_memory, "out_of_memory"),
        (Ends.by_shutdown, "shutting_down"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_every_ending_is_counted_once(
    serve: Callable[..., Any], scrape: Scrape, act: Callable[[Any], None], outcome: str
) -> None:
    """Whichever way a generation ends, one number rises by one, and nothing is left running or waiting."""
    endpoint = serve(ManyFaults(step_seconds=0.05))

    act(endpoint)
    counted = _when(scrape, lambda seen: bool(_endings(seen)))

    assert _endings(counted) == {outcome: 1}
    assert (counted["generations_running"], counted["generations_waiting"]) == (0, 0)


def test_a_refused_request_is_counted(serve: Callable[..., Any], scrape: Scrape) -> None:
    """A full queue shows as an ending, and leaves the number of those who wait as it was."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.05, lanes=1), max_waiting=0)

    blocks = endpoint.blocks(prompt="a", num_inference_steps=100)
    next(blocks)
    endpoint.client.post(f"{endpoint.url}/stream", json={"prompt": "b"})
    counted = scrape()
    blocks.close()

    assert _endings(counted) == {"queue_full": 1}
    assert (counted["generations_running"], counted["generations_waiting"]) == (1, 0)


def test_every_outcome_is_there_before_it_happens(url: str, serve: Callable[..., Any]) -> None:
    """A rate of failures can be computed from the first failure on, and labels are a closed set."""
    serve(SimulatedPipeline(step_seconds=0.0))
    families = {family.name: family for family in text_string_to_metric_families(httpx.get(url).text)}
    samples = families[f"{PREFIX}generations"].samples

    outcomes = {sample.labels["outcome"] for sample in samples if sample.name.endswith("_total")}

    assert outcomes == {
        "cancelled",
        "client_gone",
        "finished",
        "internal_error",
        "out_of_memory",
        "queue_full",
        "shutting_down",
    }


def _when(read: Scrape, is_enough: Callable[[dict[str, float]], bool]) -> dict[str, float]:
    for _ in range(100):
        if is_enough(seen := read()):
            return seen
        threading.Event().wait(0.02)
    raise AssertionError("nothing was counted")
