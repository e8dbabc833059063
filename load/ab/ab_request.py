"""What a user asked the command ``ab`` for, checked before anything is sent."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from load.ab.report_files import require_report
from load.endpoint import Endpoint
from load.errors import UsageError
from load.fal_key import fal_key_for
from load.locust_process import LocustProcess, scenario_path
from load.payload import absolute_payload, read_payload
from load.regression.interleaved_plan import InterleavedPlan
from load.run_request import new_stem

__all__ = ["AbRequest"]

_SCENARIO = "ab"
# Similarity of previews is known only of streams whose pictures are looked at.
_LOOKED_AT = {"useful_preview"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AbRequest:
    """A comparison to be made.

    Attributes:
        baseline: What is good enough.
        candidate: What is judged.
        plan: How it is compared.
        options: The options of the command line, by name.
    """

    baseline: Endpoint
    candidate: Endpoint
    plan: InterleavedPlan
    options: Mapping[str, Any]

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "AbRequest":
        """Check everything that can be checked without sending anything.

        Raises:
            UsageError: Something cannot be done as it was asked.
        """
        request = cls(
            baseline=Endpoint.parse(options["baseline_text"]),
            candidate=Endpoint.parse(options["candidate_text"]),
            plan=InterleavedPlan.of({**options, "compare_by": " ".join(options["compare_by"])}),
            options=options,
        )
        read_payload(options["payload"])
        for text in options["report_texts"]:
            require_report(text)
        for endpoint in (request.baseline, request.candidate):
            fal_key_for(endpoint, os.environ)
        return request

    def require_owner(self) -> None:
        """Return when everything stays on this machine, or its owner agrees.

        Raises:
            UsageError: It might cost somebody else money.
        """
        are_here = self.baseline.is_loopback and self.candidate.is_loopback
        if not (are_here or self.options["i_own_this_endpoint"]):
            raise UsageError(
                f"up to {self.plan.most_generations} generations go to another machine; "
                "say --i-own-this-endpoint where its owner agrees, and pays"
            )

    def cost_text(self) -> str:
        """What it would send and cost at the most, and at the least."""
        rule, streams = self.plan.rule, self.plan.streams_per_block
        least = 2 * (rule.first_look * streams + self.plan.warm_up_streams)
        most = self.plan.most_generations
        text = f"{least} to {most} generations, half of them to each: it ends when the question is settled"
        image_seconds: float | None = self.options["image_seconds"]
        if image_seconds is None:
            return f"{text}\nGPU time not known; say --image-seconds, how long a GPU takes for a picture"
        return f"{text}\n{least * image_seconds:.0f} to {most * image_seconds:.0f} GPU seconds"

    def process(self, folder: Path) -> LocustProcess:
        """Locust, to be run with its files in a folder, which is created.

        Raises:
            UsageError: Nothing can be written there.
        """
        options = self.options
        stem = new_stem(folder, _SCENARIO)
        return LocustProcess(
            scenario=scenario_path(_SCENARIO),
            endpoint=self.candidate,
            # Each arm has as many users, of whom one half waits for the other.
            users=2 * options["users"],
            run_seconds=options["most_seconds"],
            payload=absolute_payload(options["payload"]),
            wait_seconds=options["wait_seconds"],
            further_options=(*self._options(), *options["locust_options"]),
            rows_path=stem.with_suffix(".jsonl"),
            log_path=stem.with_suffix(".log"),
        )

    def _options(self) -> tuple[str, ...]:
        options = self.options
        names = ("margin", "false_alarm_rate", "miss_rate", "first_look", "most_rounds", "streams_per_block")
        compared = {metric.name for metric in self.plan.metrics}
        return (
            f"--baseline-url={self.baseline.url}",
            f"--compare-by={','.join(metric.name for metric in self.plan.metrics)}",
            f"--warm-up-streams={options['warm_up_streams']}",
            f"--seed={options['seed']}",
            f"--commit={options['commit']}",
            f"--look-at={1 if compared & _LOOKED_AT else 0}",
            *(f"--{name.replace('_', '-')}={options[name]}" for name in names),
        )
