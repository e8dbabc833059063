"""Which pipeline to serve, from a name that a person wrote."""

import os
import re
from pathlib import Path
from typing import Any

from reference_app.pipelines.protocol import Pipeline

PIPELINE_VARIABLE = "REFERENCE_APP_PIPELINE"
STEP_SECONDS_VARIABLE = "REFERENCE_APP_STEP_SECONDS"
MAX_BATCH_VARIABLE = "REFERENCE_APP_MAX_BATCH"
COMPILE_VARIABLE = "REFERENCE_APP_COMPILE"

EMBEDDED = "embedded"
SIMULATED = "simulated"
SDXL = "sdxl"

MOST_IN_BATCH = 64
_DEFAULT_STEP_SECONDS = 0.1
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


class UnknownPipelineError(ValueError):
    """A name that is neither a known pipeline, nor a model folder, nor the form of a hub name."""

    def __init__(self, choice: str) -> None:
        super().__init__(
            f"Unknown pipeline '{choice}': expected '{EMBEDDED}', '{SIMULATED}', '{SDXL}', "
            "a folder with a model_index.json, or a hub name such as 'owner/model'."
        )


def pipeline_choice() -> str:
    """The choice in the environment variable, or else SDXL where there is a GPU and the embedded model elsewhere."""
    return check_choice(os.environ.get(PIPELINE_VARIABLE) or _default_choice())


def check_choice(choice: str) -> str:
    """The choice unchanged.

    Raises:
        UnknownPipelineError: nothing could be loaded under this name.
    """
    known = choice in {EMBEDDED, SIMULATED, SDXL}
    folder = (Path(choice) / "model_index.json").is_file()
    hub_name = _HUB_NAME.fullmatch(choice) is not None and not Path(choice).exists()
    if not (known or folder or hub_name):
        raise UnknownPipelineError(choice)
    return choice


def step_seconds() -> float:
    """Seconds a simulated step takes: the environment variable, or 0.1.

    Raises:
        ValueError: the variable is not a number of seconds from 0 to 3600.
    """
    text = os.environ.get(STEP_SECONDS_VARIABLE) or str(_DEFAULT_STEP_SECONDS)
    seconds = float(text)
    if not 0 <= seconds <= 3600:
        raise ValueError(f"{STEP_SECONDS_VARIABLE} is '{text}', expected 0 to 3600 seconds")
    return seconds


def max_batch() -> int | None:
    """Pictures that may share a step: the environment variable, or None for what suits the pipeline. 1 is no batching.

    Raises:
        ValueError: the variable is not a whole number from 1 to 64.
    """
    text = os.environ.get(MAX_BATCH_VARIABLE)
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= MOST_IN_BATCH:
        raise ValueError(f"{MAX_BATCH_VARIABLE} is '{text}', expected a whole number from 1 to {MOST_IN_BATCH}")
    return int(text)


def is_compiled() -> bool:
    """Whether the environment variable asks for `torch.compile`: a start that takes minutes longer, faster steps.

    Raises:
        ValueError: the variable is neither 0 nor 1.
    """
    text = os.environ.get(COMPILE_VARIABLE) or "0"
    if text not in {"0", "1"}:
        raise ValueError(f"{COMPILE_VARIABLE} is '{text}', expected 0 or 1")
    return text == "1"


def load_pipeline(choice: str) -> Pipeline[Any]:
    """Load the pipeline and warm it up. Only the chosen one is imported: the simulated one needs no torch."""
    if choice == SIMULATED:
        from reference_app.pipelines.simulated import SimulatedPipeline

        return SimulatedPipeline(step_seconds=step_seconds())
    from reference_app.pipelines import embedded, sdxl

    if choice == EMBEDDED:
        pipeline = embedded.load()
    else:
        pipeline = sdxl.load_sdxl() if choice == SDXL else sdxl.load_location(choice)
    if is_compiled():
        pipeline.compile()
    return pipeline


def _default_choice() -> str:
    import torch

    return SDXL if torch.cuda.is_available() else EMBEDDED
