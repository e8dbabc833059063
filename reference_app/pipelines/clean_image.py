"""The clean-image estimate behind a preview.

Halfway, a latent is the picture plus noise, and decoding it shows confetti. But every step of a scheduler begins by
estimating the noise-free picture, usually named x0, so that estimate is shown instead: it is free, and shows the
composition after a few steps. For `EulerDiscreteScheduler` it equals `(x_new - r * x_old) / (1 - r)` with `r` the ratio
of the two noise levels, whichever quantity the network predicts.
"""

from typing import Any


def clean_image(scheduler: Any, output: Any) -> Any:
    """The estimate of the step whose output this is.

    Args:
        scheduler: the scheduler that made the step.
        output: what its `step` returned, with `return_dict=True`.
    """
    estimate = getattr(output, "pred_original_sample", None)
    if estimate is not None:
        return estimate
    # Multistep solvers keep their estimates for later steps instead of returning them. Their newest one comes last.
    estimates = getattr(scheduler, "model_outputs", None)
    return estimates[-1] if estimates and estimates[-1] is not None else output.prev_sample
