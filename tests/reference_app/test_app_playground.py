"""The page in a real browser: what a user sees of a stream, and what the server notices of the user."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from reference_app.pipelines.simulated import SimulatedPipeline
from tests.chromium import chromium
from tests.reference_app.browser import Tab, new_tab

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def tab(browser: Any) -> Iterator[Tab]:
    with new_tab(browser) as tab:
        yield tab


def test_a_picture_appears_out_of_its_previews(serve: Callable[..., Any], tab: Tab) -> None:
    """Every preview becomes a frame of the filmstrip, the final picture is on the stage, and no one else is asked."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.05))
    tab.open(endpoint.url)
    tab.fill(prompt="a lighthouse", seed=7, num_inference_steps=20)
    tab.generate()
    tab.wait_for_status("Done in")

    frames = tab.page.locator("#filmstrip [data-kind=preview] span").all_inner_texts()
    assert frames == ["step 1", "step 6", "step 11", "step 16"]
    assert tab.count("#filmstrip [data-kind=final]") == 1
    assert tab.text("#previews") == "4"
    assert tab.text("#event-count") == "5"
    assert tab.text("#seed") == "7"
    assert tab.text("#first-preview").endswith(" s")
    assert tab.page.get_by_alt_text("a lighthouse", exact=True).evaluate("image => image.naturalWidth") == 512
    assert (tab.complaints, tab.hosts - {""}) == ([], {urlsplit(endpoint.url).netloc})


def test_all_pictures_of_a_request_are_shown(serve: Callable[..., Any], tab: Tab) -> None:
    """Each picture has a frame with its own seed, and a click puts it on the stage."""
    tab.open(serve(SimulatedPipeline(step_seconds=0.0)).url)
    tab.fill(num_images=3, seed=10, width=128, height=64)
    tab.generate()
    tab.wait_for_status("Done in")
    tab.page.get_by_role("button", name="seed 12").click()

    assert tab.page.locator("#filmstrip [data-kind=final] span").all_inner_texts() == ["seed 10", "seed 11", "seed 12"]
    tab.page.locator("#stage").get_by_alt_text("seed 12").wait_for()
    assert tab.complaints == []


@pytest.mark.parametrize("stop", ["Stop", "Escape"])
def test_stopping_stops_the_work_within_one_step(
    serve: Callable[..., Any], watch: Callable[..., Any], tab: Tab, stop: str
) -> None:
    """Leaving closes the connection, and the pipeline begins at most the step that was due."""
    pipeline = watch(SimulatedPipeline(step_seconds=0.5))
    tab.open(serve(pipeline).url)
    tab.fill(num_inference_steps=100)
    tab.generate()
    tab.wait_for_status("Denoising")
    begun = len(pipeline.batches)
    if stop == "Escape":
        tab.page.keyboard.press("Escape")
    else:
        tab.page.get_by_role("button", name="Stop").click()
    said = tab.wait_for_status("Stopped")

    time.sleep(0.5)
    assert pipeline.is_at_rest(1.2)
    assert len(pipeline.batches) - begun <= 1
    assert said == "Stopped after step 1 of 100."
    assert tab.page.locator("#start").is_enabled()
    assert tab.complaints == []


def test_the_next_generation_may_follow_a_stopped_one(serve: Callable[..., Any], tab: Tab) -> None:
    """Nothing of the stopped one is left on the page."""
    tab.open(serve(SimulatedPipeline(step_seconds=0.1, lanes=1)).url)
    tab.fill(num_inference_steps=100)
    tab.generate()
    tab.wait_for_status("Denoising")
    tab.page.keyboard.press("Escape")
    tab.wait_for_status("Stopped")
    tab.fill(num_inference_steps=2)
    tab.generate()
    tab.wait_for_status("Done in")

    assert tab.page.locator("#filmstrip span").all_inner_texts() == ["step 1", "final"]


def test_an_error_is_shown_as_one(serve: Callable[..., Any], tab: Tab) -> None:
    """The public message, its type and the id to quote; no picture is called final."""
    tab.open(serve(SimulatedPipeline(step_seconds=0.6, fail_at_step=2)).url)
    tab.generate()
    said = tab.wait_for_status("Failed")

    assert said == "Failed after step 1 of 30."
    alert = tab.text("#problem")
    assert alert.startswith("The generation failed after 1 of 30 steps.")
    assert "internal_error, request " in alert
    assert tab.count("#filmstrip [data-kind=final]") == 0
    assert tab.complaints == []


def test_a_refused_field_is_marked(serve: Callable[..., Any], tab: Tab) -> None:
    """What the server says of a field stands beside it, also where the settings are folded."""
    tab.open(serve(SimulatedPipeline(step_seconds=0.0)).url)
    field = tab.page.locator("#field-num_inference_steps")
    field.evaluate("input => { input.value = 101; input.form.noValidate = true }")
    tab.generate()
    tab.wait_for_status("Failed before its first preview")

    assert "less than or equal to 100" in tab.text("#fault-num_inference_steps")
    assert field.get_attribute("aria-invalid") == "true"
    assert field.is_visible()


def test_a_full_queue_is_told(serve: Callable[..., Any], tab: Tab) -> None:
    """A refusal that is about no field is shown as it is."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.3, lanes=1), max_waiting=0)
    with _occupied(endpoint.url):
        tab.open(endpoint.url)
        tab.generate()
        tab.wait_for_status("Failed")

    assert "Too many generations wait already" in tab.text("#problem")


def test_the_position_in_the_queue_is_shown(serve: Callable[..., Any], tab: Tab) -> None:
    """While another generation has the only lane, the page says which place it has."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.3, lanes=1), heartbeat_seconds=0.2)
    with _occupied(endpoint.url):
        tab.open(endpoint.url)
        tab.generate()
        said = tab.wait_for_status("Waiting in the queue")

    assert said == "Waiting in the queue, position 1."
    tab.wait_for_status("Denoising")


@contextmanager
def _occupied(url: str) -> Iterator[None]:
    """Have another client at the accelerator for as long as the block lasts."""
    has_it, leave = threading.Event(), threading.Event()

    def read() -> None:
        body = {"prompt": "a", "num_inference_steps": 100, "preview_every_steps": 1}
        with httpx.stream("POST", f"{url}/stream", json=body, timeout=10) as response:
            for _ in response.iter_raw():
                has_it.set()
                if leave.is_set():
                    return

    client = threading.Thread(target=read)
    client.start()
    assert has_it.wait(10)
    yield
    leave.set()
    client.join()


def test_the_keyboard_is_enough(serve: Callable[..., Any], tab: Tab) -> None:
    """Ctrl and Enter generate from within the prompt; an example is one press away; the seed can be kept."""
    tab.open(serve(SimulatedPipeline(step_seconds=0.0)).url)
    tab.page.get_by_role("button", name="a city skyline at night").press("Enter")
    tab.page.locator("#field-prompt").press("Control+Enter")
    tab.wait_for_status("Done in")
    tab.page.get_by_role("button", name="Use this seed again").press("Enter")

    assert tab.page.locator("#field-prompt").input_value() == "a city skyline at night"
    assert tab.page.locator("#field-seed").input_value() == tab.text("#seed")


def test_a_folded_field_that_is_wrong_is_unfolded(serve: Callable[..., Any], tab: Tab) -> None:
    """The browser's own check never refuses without a word."""
    tab.open(serve(SimulatedPipeline(step_seconds=0.0)).url)
    tab.page.locator("#field-preview_size").evaluate("input => { input.value = 1 }")
    tab.generate()

    assert tab.page.locator("#field-preview_size").is_visible()
    assert tab.text("#status") == "Ready."


def test_it_fits_on_a_phone(serve: Callable[..., Any], browser: Any) -> None:
    """Nothing is wider than the screen, and the stop button stays within reach."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.3))
    with new_tab(browser, viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True) as tab:
        tab.open(endpoint.url)
        tab.fill()
        tab.page.locator("#start").tap()
        tab.wait_for_status("Denoising")
        overflow = tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        box = tab.page.locator("#stop").bounding_box()
        tab.page.locator("#stop").tap()
        tab.wait_for_status("Stopped")

    assert overflow == 0
    assert box is not None
    assert box["y"] + box["height"] <= 740


def test_the_page_allows_itself_nothing_from_elsewhere(serve: Callable[..., Any]) -> None:
    """A policy on every file: scripts, styles and connections from the same origin only."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0))
    for name in ("", "playground.js", "playground.css", "icon.svg"):
        answer = endpoint.client.get(f"{endpoint.url}/playground/{name}")
        policy = answer.headers["content-security-policy"]

        assert answer.status_code == 200
        assert "default-src 'none'" in policy
        assert "'unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_page_is_found_without_its_slash(serve: Callable[..., Any]) -> None:
    """`/playground` leads to `/playground/`."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0))
    answer = endpoint.client.get(f"{endpoint.url}/playground", follow_redirects=True)

    assert (answer.status_code, answer.url.path) == (200, "/playground/")
