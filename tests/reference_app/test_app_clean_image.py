from types import SimpleNamespace
from typing import Any

from reference_app.pipelines.clean_image import CleanImageEstimate


class _Scheduler:
    """Answers each step with what it was given."""

    def __init__(self, output: Any) -> None:
        self._output = output

    def step(self, model_output: float, *, eta: float = 0.0) -> Any:
        return self._output


def _estimate_after_one_step(scheduler: Any) -> Any:
    estimate = CleanImageEstimate(scheduler)
    scheduler.step(0.5, eta=0.1)
    return estimate.latents


def test_the_estimate_that_a_step_returns_is_kept() -> None:
    """Euler and its relatives return the clean estimate beside the next latents."""
    assert _estimate_after_one_step(_Scheduler(("next", "clean"))) == "clean"
    output = SimpleNamespace(prev_sample="next", pred_original_sample="clean")
    assert _estimate_after_one_step(_Scheduler(output)) == "clean"


def test_a_multistep_solver_is_asked_for_its_newest_estimate() -> None:
    """Solvers that return only latents keep their estimates in `model_outputs`."""
    scheduler = _Scheduler(("next",))
    scheduler.model_outputs = ["older", "clean"]  # type: ignore[attr-defined]

    assert _estimate_after_one_step(scheduler) == "clean"


def test_without_an_estimate_the_latents_are_shown() -> None:
    """A scheduler that tells nothing still gets previews."""
    assert _estimate_after_one_step(_Scheduler(("next",))) == "next"
