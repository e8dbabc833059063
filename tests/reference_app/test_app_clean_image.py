from types import SimpleNamespace

from reference_app.pipelines.clean_image import clean_image

_TELLS_NOTHING = SimpleNamespace(prev_sample="next")


def test_the_estimate_that_a_step_returns_is_shown() -> None:
    """Euler and its relatives return the clean estimate beside the next latents."""
    output = SimpleNamespace(prev_sample="next", pred_original_sample="clean")
    assert clean_image(SimpleNamespace(), output) == "clean"


def test_a_multistep_solver_is_asked_for_its_newest_estimate() -> None:
    """Solvers that return only latents keep their estimates in `model_outputs`."""
    assert clean_image(SimpleNamespace(model_outputs=["older", "clean"]), _TELLS_NOTHING) == "clean"


def test_without_an_estimate_the_latents_are_shown() -> None:
    """A scheduler that tells nothing still gets previews."""
    assert clean_image(SimpleNamespace(), _TELLS_NOTHING) == "next"
