"""How long each block of a scenario is that does one thing, then another."""

from typing import Any

from load.workload.blocks import block_at

__all__ = ["add_block_option", "block_of", "require_blocks"]


def add_block_option(parser: Any) -> None:
    """Add ``--block-seconds`` to Locust's options."""
    parser.add_argument(
        "--block-seconds",
        env_var="LOCUST_BLOCK_SECONDS",
        metavar="SECONDS",
        type=float,
        default=20.0,
        help="how long each thing is done before the next; much longer than a stream takes, and a fraction of the run",
    )


def require_blocks(options: Any) -> float:
    """The option's value, in seconds.

    Raises:
        ValueError: It is not positive.
    """
    seconds = float(options.block_seconds)
    if not seconds > 0:
        raise ValueError(f"--block-seconds is {seconds:g}, expected more than 0")
    return seconds


def block_of(environment: Any, at_ns: int) -> int:
    """The block, counted from 0, that an instant since the start of the run lies in."""
    return block_at(at_ns, environment.parsed_options.block_seconds)
