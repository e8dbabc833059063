"""Whether users who read slowly delay the others."""

from load.conclusions.figures import mean_time_to_final, median_ttfp
from load.conclusions.rounds import effect, effect_sentence
from load.run import Run

__all__ = ["conclude"]

_BESIDE, _WITHOUT = "normal", "nobody slow"


def conclude(run: Run) -> tuple[str, ...]:
    """What slow readers did to the time to first preview and the time to final of the others."""
    return tuple(
        effect_sentence(f"{name} beside slow readers", "without", effect(run, _BESIDE, _WITHOUT, arms=2, figure=figure))
        for name, figure in (("time to first preview", median_ttfp), ("time to final", mean_time_to_final))
    )
