"""What each client gets of the stream, as the console report shows it."""

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table

from conformance.clients.reading import ReadingEnd
from conformance.clients.survey import ClientOutcome
from conformance.judging.report import Report
from conformance.reports.client_versions import client_version
from conformance.reports.ink import Ink

__all__ = ["clients_table", "ending", "final_word"]

_FINALS = {True: "delivered", False: "lost", None: "none seen"}


def clients_table(report: Report, ink: Ink) -> RenderableType:
    """One row a client: how many events, whether the final one, and how it ends."""
    table = Table(box=None, show_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for heading in ("client", "events", "final", "ends"):
        table.add_column(heading, overflow="fold")
    for item in report.clients:
        style = "" if _is_whole(item) else "yellow"
        version = client_version(item.client)
        table.add_row(
            ink.text(item.client.name, (f"  {version.text}", "dim")),
            ink.text((f"{item.delivered} of {item.expected}", style)),
            ink.text((final_word(item), style)),
            ink.text((ending(item), style)),
        )
        if version.unproven:
            table.add_row("", "", "", ink.text((version.unproven, "yellow")))
    return Padding(table, (0, 0, 0, 2))


def final_word(item: ClientOutcome) -> str:
    """Whether the final event is delivered, in words."""
    return _FINALS[item.has_final]


def ending(item: ClientOutcome) -> str:
    """How the reading ends, in words."""
    return f"raises {item.reading.error}" if item.reading.end is ReadingEnd.RAISED else item.reading.end.value


def _is_whole(item: ClientOutcome) -> bool:
    return item.delivered == item.expected and item.has_final is not False and item.reading.end is ReadingEnd.FINISHED
