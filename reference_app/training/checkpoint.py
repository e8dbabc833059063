"""Progress of one stage on disk, so that an interrupted training goes on where it was."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from reference_app.training.workers import rank

_SAVE_EVERY_SECONDS = 90.0


class Checkpoint:
    """The state of some modules and optimizers, saved from time to time under one name.

    Attributes:
        step: steps done, including those before an interruption.
        cpu_seconds: processor time spent on them.
    """

    def __init__(self, folder: Path, name: str, parts: Mapping[str, Any]) -> None:
        """Load what an earlier run left under this name, if there is something."""
        import torch

        self.step = 0
        self.cpu_seconds = 0.0
        self._file = folder / f"{name}.pt"
        self._log = folder / f"{name}.jsonl"
        self._parts = parts
        self._saved_at = time.monotonic()
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            state = torch.load(self._file, weights_only=True)
            self.step, self.cpu_seconds = state.pop("step"), state.pop("cpu_seconds")
            for key, part in parts.items():
                part.load_state_dict(state[key])
        self._started_cpu_seconds = time.process_time() - self.cpu_seconds

    def steps_until(self, last: int) -> Iterator[int]:
        """Yield the number of each step still to be done, and save now and then and at the end."""
        while self.step < last:
            yield self.step
            self.step += 1
            if time.monotonic() - self._saved_at > _SAVE_EVERY_SECONDS:
                self.save()
        self.save()

    def save(self) -> None:
        """Write the state so that no reader ever sees half a file. Of several processes only the first writes."""
        import torch

        if rank() != 0:
            return
        self.cpu_seconds = time.process_time() - self._started_cpu_seconds
        state = {key: part.state_dict() for key, part in self._parts.items()}
        unfinished = self._file.with_suffix(".unfinished")
        torch.save({**state, "step": self.step, "cpu_seconds": self.cpu_seconds}, unfinished)
        unfinished.replace(self._file)
        self._saved_at = time.monotonic()

    def log(self, **figures: float) -> None:
        """Append a line of figures to the stage's log. Of several processes only the first writes."""
        if rank() != 0:
            return
        seconds = round(time.process_time() - self._started_cpu_seconds)
        line = {"step": self.step, "cpu_seconds": seconds, **{key: round(value, 5) for key, value in figures.items()}}
        with self._log.open("a") as log:
            log.write(json.dumps(line) + "\n")
