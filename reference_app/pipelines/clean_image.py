"""The clean-image estimate behind a preview.

Halfway, a latent is the picture plus noise, and decoding it shows confetti. But every step of a scheduler begins by
estimating the noise-free picture, usually named x0, so that estimate is shown instead: it is free, and shows the
composition after a few steps. For `EulerDiscreteScheduler` it equals `(x_new - r * x_old) / (1 - r)` with `r` the ratio
of the two noise levels, whichever quantity the network predicts.
"""

import functools
from typing import Any


class CleanImageEstimate:
    """Listens to one scheduler and keeps the newest estimate.

    Attributes:
        latents: the newest estimate, or None before the first step.
    """

    def __init__(self, scheduler: Any) -> None:
        self.latents: Any = None
        self._scheduler = scheduler
        original_step = scheduler.step

        # The pipeline reads the signature of `step` to learn which arguments it takes; `wraps` keeps it readable.
        @functools.wraps(original_step)
        def step(*args: Any, **kwargs: Any) -> Any:
            output = original_step(*args, **kwargs)
            self.latents = self._estimate(output)
            return output

        scheduler.step = step

    def _estimate(self, output: Any) -> Any:
        values = output if isinstance(output, tuple) else (output.prev_sample, _original_sample(output))
        if len(values) > 1 and values[1] is not None:
            return values[1]
        # Multistep solvers keep their estimates for later steps instead of returning them. Their newest one comes last.
        estimates = getattr(self._scheduler, "model_outputs", None)
        return estimates[-1] if estimates and estimates[-1] is not None else values[0]


def _original_sample(output: Any) -> Any:
    return getattr(output, "pred_original_sample", None)
