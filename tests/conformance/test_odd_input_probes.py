"""What the probes of requests at once, of odd prompts and of huge numbers send."""

import json
from typing import Any

import pytest

from conformance.cli import main
from conformance.core import Request
from conformance.examination import plan_probes
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth, load_probes

PAYLOAD: dict[str, Any] = {"prompt": "a red disc", "seed": 42, "num_inference_steps": 12}


def _endpoint(**members: Any) -> Endpoint:
    return Endpoint(url="http://127.0.0.1:8000/stream", payload={**PAYLOAD, **members})


def _body(request: Request) -> dict[str, Any]:
    body = json.loads(request.body)
    assert isinstance(body, dict)
    return body


def _sent(probe: str, **members: Any) -> list[dict[str, Any]]:
    return [_body(request) for request in load_probes()[probe].requests(_endpoint(**members))]


def _obstacle(probe: str, payload: dict[str, Any]) -> str | None:
    return load_probes()[probe].obstacle(Endpoint(url="http://127.0.0.1:8000/stream", payload=payload))


def test_requests_at_once_have_marks_of_their_own() -> None:
    """A prompt that differs from the start on, and a seed that no batch counts up to."""
    sent = _sent("concurrent_generations")
    assert [body["prompt"] for body in sent] == [
        "in spring, a red disc",
        "in autumn, a red disc",
        "in winter, a red disc",
    ]
    assert [body["seed"] for body in sent] == [1042, 2042, 3042]
    assert {body["num_inference_steps"] for body in sent} == {12}


@pytest.mark.parametrize("seed", [2**31 - 1, 2**32 - 1, 2**53 - 1])
def test_marks_stay_within_the_seeds_that_an_app_takes(seed: int) -> None:
    """Where the seed is as large as it may be, smaller ones are sent."""
    assert [body["seed"] for body in _sent("concurrent_generations", seed=seed)] == [
        seed - 1000,
        seed - 2000,
        seed - 3000,
    ]


@pytest.mark.parametrize(
    ("size", "other"),
    [((1024, 1024), (1024, 768)), ((768, 1024), (1024, 768)), ((64, 64), (64, 48)), ((100, 100), (100, 100))],
)
def test_one_request_has_a_shape_of_its_own(size: tuple[int, int], other: tuple[int, int]) -> None:
    """Turned, or lower where it is a square of which three quarters are a multiple of eight."""
    sent = _sent("concurrent_generations", width=size[0], height=size[1])
    assert [(body["width"], body["height"]) for body in sent] == [size, other, size]


@pytest.mark.parametrize("size", [{}, {"width": 512}, {"width": None, "height": None}, {"width": "512", "height": 512}])
def test_no_shape_is_made_up(size: dict[str, Any]) -> None:
    """Only where width and height are both named."""
    assert [{key: body[key] for key in size} for body in _sent("concurrent_generations", **size)] == [size] * 3


def test_requests_at_once_are_announced_with_their_cost() -> None:
    """Three requests, three generations."""
    asks = {ask.probe.name: ask for ask in plan_probes(_endpoint(), depth=Depth.FULL).asks}
    assert (asks["concurrent_generations"].requests, asks["concurrent_generations"].generations) == (3, 3)


def test_the_unicode_prompt_holds_what_breaks_things() -> None:
    """Joined emoji, combining marks, right to left, rare ideographs, quote, backslash, line feed and U+2028."""
    prompt = _sent("unicode_prompt")[0]["prompt"]
    assert prompt.startswith("a red disc, ")
    wanted = ["\u200d", "\u0301", "\u05e9", "\U00020bb7", '"', "\\", "\n", "\u2028"]
    assert [item for item in wanted if item not in prompt] == []


@pytest.mark.parametrize("prompt", ["a", "a red disc", "a sun over hills, " * 1000])
def test_the_long_prompt_has_thousands_of_characters(prompt: str) -> None:
    """Whatever the usual one is, made of its own words."""
    sent = _sent("long_prompt", prompt=prompt)[0]["prompt"]
    assert 5990 < len(sent) <= 6000
    assert sent.startswith(prompt[:3000])


def test_odd_prompts_change_nothing_else() -> None:
    """The prompt is the one thing that differs from the valid request."""
    for probe in ("unicode_prompt", "long_prompt"):
        body = _sent(probe)[0]
        assert {**body, "prompt": "a red disc"} == PAYLOAD


@pytest.mark.parametrize("payload", [{}, {"prompt": ""}, {"prompt": " "}, {"prompt": ["a"]}, {"text": "a"}])
def test_without_a_prompt_none_is_made_up(payload: dict[str, Any]) -> None:
    """The obstacle says what is missing."""
    reason = "the payload names no prompt"
    assert [_obstacle(probe, payload) for probe in ("unicode_prompt", "long_prompt")] == [reason, reason]


@pytest.mark.parametrize(
    ("members", "changed"),
    [({}, "seed"), ({"seed": None, "guidance_scale": 7.5}, "guidance_scale"), ({"guidance_scale": 7}, "seed")],
)
def test_the_huge_number_is_a_seed_or_a_guidance_scale(members: dict[str, Any], changed: str) -> None:
    """Written with all of its digits, everything else being right."""
    body = _sent("huge_number", **members)[0]
    assert body == {**PAYLOAD, **members, changed: 10**400}


@pytest.mark.parametrize(
    "payload", [{}, {"seed": None}, {"seed": True}, {"num_inference_steps": 30, "width": 512, "num_images": 1}]
)
def test_no_count_is_made_huge(payload: dict[str, Any]) -> None:
    """An app without an upper bound would work on so many steps for ever."""
    assert _obstacle("huge_number", payload) == "the payload names neither a seed nor a guidance scale"


def test_a_dry_run_says_what_each_may_cost(capsys: pytest.CaptureFixture[str]) -> None:
    """Requests and generations of each probe, before anything is sent."""
    with pytest.raises(SystemExit):
        main(["check", _endpoint().url, "--depth", "full", "--payload", json.dumps(PAYLOAD), "--dry-run"])
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    costs = {"concurrent_generations": 3, "unicode_prompt": 1, "long_prompt": 1, "huge_number": 1}
    assert {name: lines[name].partition("Up to ")[2] for name in costs} == {
        name: f"{count} generation(s)." for name, count in costs.items()
    }
