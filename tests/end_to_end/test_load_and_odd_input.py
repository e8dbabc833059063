"""Requests at once, prompts in every script and numbers of any size, against real apps that bear them or do not."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi import HTTPException
from PIL import Image

from conformance.catalogue import Verdict
from conformance.examination import examine, plan_probes
from conformance.judging.evaluation import evaluate
from conformance.judging.rule_result import RuleResult
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth
from conformance.profiles.profile import Profile
from conformance.recorders import Recorder, RecordingLimits
from reference_app.app import StreamSDXL
from tests.end_to_end.conftest import ServeApp
from tests.end_to_end.documented_example import DocumentedExample
from tests.end_to_end.servers.drawing_app import STEPS, DrawingApp, Full, Input, OneAtATime, serve
from tests.end_to_end.servers.story import PROMPT, Members

pytestmark = pytest.mark.slow

PAYLOAD = {"prompt": PROMPT, "seed": 7, "width": 128, "height": 128}
PROBES = ("generation", "malformed_json", "concurrent_generations", "unicode_prompt", "long_prompt", "huge_number")
JUDGED = ("R02", "R06", "E07", "E08")
# Half a minute of patience in life is half a second here.
PROFILE = Profile(name="impatient", options={"E08": {"least_idle_seconds": 0.2}})


def results(url: str, *, probes: tuple[str, ...] = PROBES, payload: dict[str, Any] = PAYLOAD) -> dict[str, RuleResult]:
    """What the four rules say, by id."""
    endpoint = Endpoint(url=url, payload=payload)
    plan = plan_probes(endpoint, depth=Depth.FULL)
    plan = replace(plan, asks=tuple(ask for ask in plan.asks if ask.probe.name in probes))
    recorder = Recorder(limits=RecordingLimits(silence_seconds=1.5))
    report = evaluate(examine(endpoint, plan, recorder).transcripts, PROFILE)
    return {result.rule.id: result for result in report.results if result.rule.id in JUDGED}


def verdicts(url: str, **changes: Any) -> dict[str, Verdict]:
    return {id_: result.verdict for id_, result in results(url, **changes).items()}


class SamePicture(DrawingApp):
    """A mock that draws the same for everybody and hears neither prompt nor seed."""

    def picture(self, asked: Input, share: float) -> Image.Image:
        return super().picture(Input(prompt="", seed=0), share)


class WhileYouWait(OneAtATime):
    """Shows everybody who waits the same picture."""

    async def payloads(self, asked: Input) -> AsyncIterator[Members]:
        if self.turn.locked():
            yield {"status": "queued", "image": self.preview(Input(prompt="please wait"), 4)["image"]}
        async for payload in super().payloads(asked):
            yield payload


class Limited(DrawingApp):
    """Takes two thousand characters, and seeds of 32 bits."""

    def check(self, asked: Input) -> None:
        if len(asked.prompt) > 2000 or asked.seed >= 2**32:
            raise HTTPException(422, "the prompt has at most 2000 characters, the seed 32 bits")


@pytest.mark.parametrize(
    "app", [DrawingApp, OneAtATime, SamePicture, WhileYouWait, Limited], ids=lambda app: app.__name__
)
def test_good_apps_pass(app: type[DrawingApp]) -> None:
    """Whether they queue, ignore the input, show a placeholder, or refuse with a reason."""
    with serve(app()) as url:
        assert verdicts(url) == dict.fromkeys(JUDGED, Verdict.PASSED)


def test_the_reference_app_passes(serve_app: ServeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a prompt of two thousand characters, seeds that JavaScript holds, and everybody at once."""
    monkeypatch.setenv("REFERENCE_APP_PIPELINE", "simulated")
    monkeypatch.setenv("REFERENCE_APP_STEP_SECONDS", "0.02")
    assert verdicts(f"{serve_app(StreamSDXL)}/stream") == dict.fromkeys(JUDGED, Verdict.PASSED)


def test_fals_documented_example_passes(serve_app: ServeApp) -> None:
    """Several pipelines at once, no bound on the seed, nothing marked."""
    assert verdicts(f"{serve_app(DocumentedExample)}/stream") == dict.fromkeys(JUDGED, Verdict.PASSED)


def test_a_refusal_for_load_leaves_nothing_to_compare() -> None:
    """429 with Retry-After is a good answer, and no sign of anything else."""
    with serve(Full()) as url:
        said = verdicts(url)
    assert (said["E08"], said["R02"]) == (Verdict.PASSED, Verdict.NOT_APPLICABLE)


class OneQueue(DrawingApp):
    """All requests put what they draw into one queue, and each takes what comes."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: asyncio.Queue[Members] = asyncio.Queue()

    async def payloads(self, asked: Input) -> AsyncIterator[Members]:
        async def draw() -> None:
            async for payload in DrawingApp.payloads(self, asked):
                # Requests at once have seeds a thousand apart: drawn in step, each would take its own by luck.
                await asyncio.sleep(0.03 * (asked.seed // 1000 % 3))
                self.queue.put_nowait(payload)

        drawing = asyncio.create_task(draw())
        for _ in range(STEPS + 1):
            yield await self.queue.get()
        await drawing


class OneSlot(DrawingApp):
    """Every stream shows the newest picture, whoever asked for it."""

    newest: Members

    def preview(self, asked: Input, step: int) -> Members:
        self.newest, shown = super().preview(asked, step), getattr(self, "newest", None)
        return shown if shown is not None and self.running > 1 else self.newest


class LastPrompt(DrawingApp):
    """Keeps the prompt in the app."""

    def check(self, asked: Input) -> None:
        self.prompt = asked.prompt

    def final(self, asked: Input) -> Members:
        return {**super().final(asked), "prompt": self.prompt}


@pytest.mark.parametrize("app", [OneQueue, OneSlot, LastPrompt], ids=lambda app: app.__name__)
def test_streams_that_mix_fail(app: type[DrawingApp]) -> None:
    """A queue, a slot or a prompt that requests share is seen, and nothing else is wrong with the app."""
    with serve(app()) as url:
        said = verdicts(url)
    assert (said["R02"], said["R06"], said["E07"]) == (Verdict.FAILED, Verdict.PASSED, Verdict.PASSED)


def test_a_documented_shape_that_shares_a_queue_is_told_by_the_picture_s_shape() -> None:
    """Without a step, a mark or an echo the shape that only one request asked for gives it away."""

    class Bare(OneQueue):
        def encode(self, payload: Members) -> bytes:
            image = payload["image"] if "image" in payload else payload["images"][0]
            return super().encode({"image": image})

    with serve(Bare()) as url:
        result = results(url, probes=("generation", "concurrent_generations"))["R02"]
    assert result.verdict is Verdict.FAILED
    assert "the shape that request 2 asked for with 128 x 96" in result.findings[0].message


class Impolite(Full):
    """Refuses and does not say when to come back."""

    retry_after = None


class NoWayOut(DrawingApp):
    """After the lone request and the first of those at once, whoever comes is accepted and never served."""

    served = 0

    async def payloads(self, asked: Input) -> AsyncIterator[Members]:
        self.served += 1
        if self.served > 2:
            await asyncio.sleep(60)
        async for payload in super().payloads(asked):
            yield payload


class SharedPipeline(DrawingApp):
    """Fails where two threads use one pipeline."""

    def admit(self) -> None:
        if self.running:
            raise IndexError("index 21 is out of bounds for dimension 0 with size 21")


@pytest.mark.parametrize(
    ("app", "said"),
    [
        (Impolite, "429 without Retry-After"),
        (NoWayOut, "silence after 0 event(s)"),
        (SharedPipeline, "the status is 500"),
    ],
)
def test_what_is_wrong_under_load_is_noted(app: type[DrawingApp], said: str) -> None:
    """A refusal without a date, a hang and a crash; none of them is taken for a mix-up."""
    with serve(app()) as url:
        judged = results(url, probes=("generation", "concurrent_generations"))
    assert (judged["E08"].verdict, judged["R02"].verdict) == (Verdict.FAILED, Verdict.NOT_APPLICABLE)
    assert said in judged["E08"].findings[0].message


def _crashing(asked: Input) -> None:
    asked.prompt.encode("ascii")


def _too_long(asked: Input) -> None:
    ([0] * 2000)[len(asked.prompt)]


def _overflowing(asked: Input) -> None:
    asked.seed.to_bytes(8, "big")


@pytest.mark.parametrize(
    ("check", "rule"),
    [(_crashing, "R06"), (_too_long, "R06"), (_overflowing, "E07")],
)
def test_a_crash_on_odd_input_fails_its_rule_alone(check: Callable[[Input], None], rule: str) -> None:
    """500 to Unicode, to a long prompt, to a huge seed."""
    app = DrawingApp()
    app.check = check  # type: ignore[method-assign]
    with serve(app) as url:
        said = verdicts(url)
    assert said == {**dict.fromkeys(JUDGED, Verdict.PASSED), rule: Verdict.FAILED}


def _in_ascii(app: DrawingApp, asked: Input) -> Members:
    return {**DrawingApp.final(app, asked), "prompt": asked.prompt.encode("ascii", "replace").decode()}


def _misread(app: DrawingApp, asked: Input) -> Members:
    return {**DrawingApp.final(app, asked), "prompt": asked.prompt.encode().decode("latin-1")}


def _dying(app: DrawingApp, asked: Input) -> Members:
    return {**DrawingApp.final(app, asked), "bytes": len(asked.prompt.encode("latin-1"))}


@pytest.mark.parametrize("final", [_in_ascii, _misread, _dying])
def test_text_that_is_lost_on_the_way_fails(final: Callable[[DrawingApp, Input], Members]) -> None:
    """Question marks or mojibake in the final, or a stream that dies before it."""

    class Lossy(DrawingApp):
        def final(self, asked: Input) -> Members:
            return final(self, asked)

    with serve(Lossy()) as url:
        assert verdicts(url)["R06"] is Verdict.FAILED


def test_json_that_is_built_by_hand_fails() -> None:
    """A quote and a line break in the prompt break it."""

    class ByHand(DrawingApp):
        def encode(self, payload: Members) -> bytes:
            prompt = payload.pop("prompt", None)
            whole = super().encode(payload)
            return whole if prompt is None else whole.replace(b"}\n\n", f', "prompt": "{prompt}"}}\n\n'.encode())

    with serve(ByHand()) as url:
        result = results(url)["R06"]
    assert result.verdict is Verdict.FAILED
    assert "is no JSON for a prompt in Unicode" in result.findings[0].message


def test_random_pictures_are_nobody_s() -> None:
    """An app that draws what it likes shows the same bytes twice to nobody."""

    class Moody(DrawingApp):
        def picture(self, asked: Input, share: float) -> Image.Image:
            # No two are alike, as with a model; of a few colours some would come twice by chance.
            return Image.effect_noise((asked.width, asked.height), 64).convert("RGB")

    with serve(Moody()) as url:
        assert verdicts(url, payload={"prompt": PROMPT})["R02"] is Verdict.PASSED
