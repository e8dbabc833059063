"""Previews on, off, and more of them, in turn: what do they cost, and what do they gain?

``locust -f load/scenarios/preview_tax.py --host URL --headless -u 4 -t 10m`` changes every ``--block-seconds``. How an
endpoint is told is its own affair: ``--preview-payloads`` names the ways and what each changes in the payload. By
default those are the reference app's fields; its ``off`` still shows the first step.
"""

from typing import Any

from locust import events, task

from load.payload import payload_with, read_payload
from load.scenario import StreamUser
from load.streaming.pacing.block_options import add_block_option, block_of, require_blocks
from load.streaming.pacing.scenario_options import checked_at_start
from load.streaming.run.run_clock import since_start_ns
from load.workload.blocks import arm_in
from load.workload.preview_payloads import DEFAULT_PREVIEW_PAYLOADS, preview_payloads


@events.init_command_line_parser.add_listener
def _add_options(parser: Any) -> None:
    add_block_option(parser)
    parser.add_argument(
        "--preview-payloads",
        env_var="LOCUST_PREVIEW_PAYLOADS",
        metavar="JSON|@FILE",
        default=DEFAULT_PREVIEW_PAYLOADS,
        help='what each way of previewing changes in the payload, such as {"on": {}, "off": {"previews": false}}; '
        "the others are compared with `off`, or with the last where none is called so",
    )


@checked_at_start
def _payloads(options: Any) -> dict[str, Any]:
    require_blocks(options)
    overrides = preview_payloads(read_payload(options.preview_payloads))
    payload = read_payload(options.payload)
    return {group: payload_with(payload, fields) for group, fields in overrides.items()}


@events.test_start.add_listener
def _begin(environment: Any, **_: Any) -> None:
    environment.preview_payloads = _payloads(environment.parsed_options)


class Viewer(StreamUser):
    """One person who never pauses."""

    @task
    def generate_picture(self) -> None:
        """One picture, with the previews that the block has."""
        payloads = self.environment.preview_payloads
        due_ns = since_start_ns(self.environment)
        group = arm_in(block_of(self.environment, due_ns), tuple(payloads), seed=self.run_options.seed)
        self.generate(payloads[group], group=group, planned_ns=due_ns)
