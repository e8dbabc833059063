"""Draw docs/images/terminal.svg: what a check prints on a terminal, by rich's own export.

python -m docs.screenshots.terminal
"""

import io
import re
from pathlib import Path

from rich.console import Console

from conformance.reports.console import show
from docs.screenshots.evidence import torn_report

_IMAGE = Path(__file__).parents[1] / "images" / "terminal.svg"
_COLUMNS = 104


def main() -> None:
    """Check the reference app and keep what is printed."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    report = torn_report()
    show(report, console)
    drawn = console.export_svg(title=f"fal-stream-check check {report.endpoint}")
    # rich names fonts on a server of its choice; the reader's own will do.
    _IMAGE.write_text(re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL), "utf-8")


if __name__ == "__main__":
    main()
