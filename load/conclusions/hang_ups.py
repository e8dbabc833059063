"""How soon the GPU stops for those who left, and what their leaving did to the others."""

from collections.abc import Iterator

from load.conclusions.drift import block_means
from load.conclusions.figures import mean_time_to_final, median_ttfp
from load.conclusions.phrases import interval, seconds
from load.conclusions.rounds import effect, effect_sentence
from load.estimate import Estimate, mean_estimate
from load.run import Run, ServerSample
from load.stream_row import Outcome

__all__ = ["conclude"]
