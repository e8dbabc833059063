"""What follows the evidence: judge it, print, write reports, give the exit code."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from conformance import reports
from conformance.archive import prepare_file, write_text
from conformance.arguments import STANDARD_OUTPUT, parse_report_targets
from conformance.core import Transcript
from conformance.reports import console
from conformance.settings import JudgingSettings
from conformance.terminal import print_utf8, terminal

__all__ = ["Conclusion"]


class Conclusion:
    """What a command concludes from transcripts.

    Attributes:
        settings: How they are judged.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Read the options that judging commands share.

        Raises:
            ConformanceError: One of them makes no sense.
        """
        self.settings = JudgingSettings.read(
            profile=options["profile"],
            schema=options["schema"],
            select=options["selected"],
            ignore=options["ignored"],
            known_failures=options["known_failures"],
            rules=options["rule_set"],
            real_clients=options["clients"] == "real",
            strict=options["strict"],
            baseline=options["baseline"],
            since=options["since"],
        )
        self._targets = parse_report_targets(options["report_targets"], reports.FORMATS)
        self._verbose: bool = options["verbose"]

    def prepare(self) -> None:
        """Make sure that the reports can be written, before anything is spent."""
        for name, path in self._targets.items():
            reports.require(name)
            if path != STANDARD_OUTPUT:
                prepare_file(Path(path))

    def reach(self, transcripts: Sequence[Transcript], not_asked: Mapping[str, str]) -> int:
        """Judge transcripts, and return the exit code.

        Args:
            transcripts: The evidence.
            not_asked: Why a probe was not asked, by its name.
        """
        report = self.settings.judge(transcripts, not_asked)
        shown = None
        for name, path in self._targets.items():
            text = reports.render(report, name)
            if path == STANDARD_OUTPUT:
                shown = text
            else:
                write_text(Path(path), text)
        # Rich leaves this way when nobody reads on (`| head`); the verdict stands all the same.
        with suppress(SystemExit):
            console.show(report, terminal(stderr=shown is not None), verbose=self._verbose)
        if shown is not None:
            print_utf8(shown)
        return report.outcome.value
