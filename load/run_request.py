"""What a user asked the run command for, read and checked before anything is sent."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.core import redact_url
from load.dry_run import dry_run_text
from load.endpoint import Endpoint
from load.errors import UsageError
from load.fal_key import fal_key_for
from load.locust_process import LocustProcess, scenario_path
from load.objectives import Objective
from load.objectives_file import read_options
from load.payload import absolute_payload, read_payload
from load.report_files import Destination
from load.streaming.run.run_writer import require_writable

__all__ = ["RunRequest", "new_stem"]

SMALL_USERS, SMALL_SECONDS = 2, 60
"""The most that an endpoint gets whose owner was not named: what one curious person would do by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """A run to be made.

    Attributes:
        scenario: The scenario's name.
        endpoint: Where the load goes.
        objectives: What it is to hold.
        destinations: The reports that were asked for.
        options: The options of the command line, by name.
    """

    scenario: str
    endpoint: Endpoint
    objectives: tuple[Objective, ...]
    destinations: tuple[Destination, ...]
    options: Mapping[str, Any]

    @classmethod
    def of(cls, scenario: str, options: Mapping[str, Any]) -> "RunRequest":
        """Check everything that can be checked without sending anything.

        Raises:
            UsageError: Something cannot be done as it was asked.
        """
        scenario_path(scenario)
        file: Path | None = options["objectives_file"]
        request = cls(
            scenario=scenario,
            endpoint=Endpoint.parse(options["endpoint_text"]),
            objectives=read_options(options["objective_texts"], str(file) if file else ""),
            destinations=tuple(map(Destination.parse, options["report_texts"])),
            options=options,
        )
        read_payload(options["payload"])
        fal_key_for(request.endpoint, os.environ)
        return request

    def require_owner(self) -> None:
        """Return when the load is small, stays on this machine, or its owner agrees.

        Raises:
            UsageError: It might cost somebody else money.
        """
        users, seconds = self.options["users"], self.options["seconds"]
        is_small = users <= SMALL_USERS and seconds <= SMALL_SECONDS
        if not (is_small or self.endpoint.is_loopback or self.options["i_own_this_endpoint"]):
            raise UsageError(
                f"{users} users for {seconds} s is more than {SMALL_USERS} users for {SMALL_SECONDS} s, the most for "
                "another machine; say --i-own-this-endpoint where its owner agrees, and pays"
            )

    def cost_text(self) -> str:
        """What the run would send and cost."""
        options = self.options
        return dry_run_text(
            scenario=self.scenario,
            endpoint=redact_url(self.endpoint.url),
            users=options["users"],
            seconds=options["seconds"],
            further_options=options["locust_options"],
            image_seconds=options["image_seconds"],
            gpus=options["gpus"],
            gpu_hour_price=options["gpu_hour_price"],
        )

    def process(self, folder: Path) -> LocustProcess:
        """Locust, to be run with its files in a folder, which is created.

        Raises:
            UsageError: Nothing can be written there.
        """
        options = self.options
        stem = new_stem(folder, self.scenario)
        return LocustProcess(
            scenario=scenario_path(self.scenario),
            endpoint=self.endpoint,
            users=options["users"],
            run_seconds=options["seconds"],
            processes=options["processes"],
            payload=absolute_payload(options["payload"]),
            wait_seconds=options["wait_seconds"],
            objectives=tuple(map(str, self.objectives)),
            further_options=(*self._gpu_options(), *options["locust_options"]),
            rows_path=stem.with_suffix(".jsonl"),
            log_path=stem.with_suffix(".log"),
        )

    def _gpu_options(self) -> tuple[str, ...]:
        named = {"--gpus": self.options["gpus"], "--gpu-hour-price": self.options["gpu_hour_price"]}
        return tuple(f"{name}={value}" for name, value in named.items() if value is not None)


def new_stem(folder: Path, scenario: str) -> Path:
    """What the files of a run that starts now are called, less their endings; the folder is created.

    Raises:
        UsageError: Nothing can be written there.
    """
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")[:-3].replace(".", "-")
    stem = folder / f"{scenario}-{moment}"
    require_writable(stem)
    return stem
