"""Step-level batching: generations that run at once share the steps of the pipeline.

    step        1   2   3   4   5   6   7   8
    first       *   *   *   *   *   *           one pass through the network a column,
    second              *   *   *   *   *   *   whatever is in it

A generation joins at the next step boundary and leaves after its last step, so nobody waits for a batch to fill or to
empty. Each keeps its own noise, scheduler, guidance and number of steps; only the network is shared.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from reference_app.generation import Generation
from reference_app.metrics import Metrics
from reference_app.pipelines.protocol import Pipeline
from reference_app.waiting_line import WaitingLine


class Lane:
    """One thread's work: take generations from the line, and step them until there is nothing more to come."""

    def __init__(self, pipeline: Pipeline[Any], line: WaitingLine, *, max_batch: int, metrics: Metrics) -> None:
        """Prepare.

        Args:
            pipeline: what draws.
            line: where generations wait.
            max_batch: pictures at once; a generation with more of them runs alone.
            metrics: where steps are counted.
        """
        self._pipeline = pipeline
        self._line = line
        self._max_batch = max_batch
        self._metrics = metrics
        self._running: list[Generation] = []

    def run(self) -> None:
        """Work until the line is closed and empty. Raises nothing."""
        while (joined := self._line.take(self._room, is_idle=not self._running)) is not None:
            for generation in joined:
                self._begin(generation)
            for batch in self._batches():
                self._step(batch)
            self._running = [generation for generation in self._running if not generation.has_ended]

    @property
    def _room(self) -> int:
        return self._max_batch - sum(generation.request.num_images for generation in self._running)

    def _begin(self, generation: Generation) -> None:
        generation.end_if_stopped()
        if generation.has_ended:
            return
        try:
            generation.begin(self._pipeline)
        except Exception as error:
            generation.fail(error)
        else:
            self._running.append(generation)

    def _batches(self) -> Iterator[list[Generation]]:
        """Those of one size share a pass; every size gets its step in turn."""
        by_size: dict[tuple[int, int], list[Generation]] = defaultdict(list)
        for generation in self._running:
            generation.end_if_stopped()
            if not generation.has_ended:
                by_size[generation.request.width, generation.request.height].append(generation)
        yield from by_size.values()

    def _step(self, batch: list[Generation]) -> None:
        pictures = sum(generation.request.num_images for generation in batch)
        try:
            with self._metrics.step(pictures):
                self._pipeline.step([generation.denoising for generation in batch])
        except Exception as error:
            if len(batch) == 1:
                batch[0].fail(error)
                return
            # Nobody has moved: each goes on alone, so that the fault of one is not the end of all.
            for generation in batch:
                self._step([generation])
            return
        for generation in batch:
            generation.record.step(pictures)
            try:
                generation.after_step()
            except Exception as error:
                generation.fail(error)
