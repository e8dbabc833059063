"""Prompts, sizes and steps drawn from a dataset: what real users ask for.

``locust -f load/scenarios/mixed.py --host URL --headless -u 8 -t 5m --dataset FILE`` reads JSON Lines, or CSV where the
name ends in ``.csv``. Each line's fields replace those of the payload; its ``weight`` says how often it is drawn, and
its ``group`` what reports call it. The same seed draws the same requests.
"""

from pathlib import Path
from typing import Any

from locust import events, task

from load.errors import DatasetError
from load.payload import payload_with, read_payload
from load.scenario import StreamUser
from load.streaming.pacing import plan_share  # noqa: F401 - listens to Locust's events
from load.streaming.pacing.scenario_options import checked_at_start
from load.workload.dataset import DatasetItem, drawn, read_csv, read_json_lines


@events.init_command_line_parser.add_listener
def _add_options(parser: Any) -> None:
    parser.add_argument(
        "--dataset",
        env_var="LOCUST_DATASET",
        metavar="FILE",
        default="",
        help="JSON Lines, or CSV where the name ends in .csv: what each stream asks for",
    )


@checked_at_start
def _items(options: Any) -> tuple[DatasetItem, ...]:
    path = Path(options.dataset)
    if not options.dataset:
        raise DatasetError("mixed draws from a dataset: name it with --dataset FILE")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            items = read_csv(lines) if path.suffix == ".csv" else read_json_lines(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"the dataset {str(path)!r} cannot be read: {error}") from error
    # The payload must have fields to replace.
    payload_with(read_payload(options.payload), dict(items[0].overrides))
    return items


@events.test_start.add_listener
def _begin(environment: Any, **_: Any) -> None:
    options = environment.parsed_options
    environment.requests_drawn = environment.plan_share.of(drawn(_items(options), seed=options.seed))


class MixedUser(StreamUser):
    """One person who never pauses, and wants something else each time."""

    @task
    def generate_picture(self) -> None:
        """One picture of what is drawn next."""
        item = next(self.environment.requests_drawn)
        self.generate(payload_with(self.run_options.payload, dict(item.overrides)), group=item.group)
