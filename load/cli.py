"""The command line: ``python -m load``, or ``fal-stream-load`` once installed. Wiring only."""

from importlib import import_module

import click

from load.garbage import made_to_stay

__all__ = ["main"]

_COMMANDS = {
    "run": "load.run_command",
    "ab": "load.ab.command",
    "compare": "load.comparison.command",
    "history": "load.history.command",
    "report": "load.report_command",
    "trend": "load.trend.command",
    "metrics": "load.metrics_command",
    "calibrate": "load.calibration.command",
}
"""The module that each command lives in; it has the command's name there."""


class _Commands(click.Group):
    """Commands that are imported when they are asked for: what one of them needs, the others need not have."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        try:
            with made_to_stay():
                command: click.Command = getattr(import_module(_COMMANDS[name]), name)
        except ModuleNotFoundError as error:
            raise click.UsageError(
                f"{error.name} is not installed: pip install 'fal-stream-conformance[load]'"
            ) from error
        return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 all held; 1 an objective fell short; 2 bad usage or configuration; "
    "3 the endpoint could not be reached, nothing (or not enough) could be judged, or the run is invalid.",
)
def main() -> None:
    """Put load on a fal /stream endpoint, and measure what its users would see.

    The figure that matters most is the time to first preview (ttfp): from the moment a request is due to the first
    event that carries a picture.
    """
