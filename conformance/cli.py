"""The command line: `check`, `record`, `judge`, `rules`, `explain`. Wiring only; decisions live elsewhere."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console

from conformance import reports, rule_pages
from conformance.archive import TranscriptFolder, read_transcript_file, write_text, write_transcript_file
from conformance.arguments import parse_report_targets
from conformance.catalogue import load_catalogue
from conformance.command_options import judging_options, requesting_options
from conformance.core import ConformanceError, Ending, Transcript, UsageError
from conformance.evaluation import Outcome
from conformance.examination import Plan, examine, plan_probes
from conformance.probe import Depth, load_probes
from conformance.progress import LiveProgress
from conformance.recorders import RecordingLimits
from conformance.reports import console
from conformance.selection import select_rules
from conformance.settings import JudgingSettings, RequestSettings

__all__ = ["commands", "main"]

_EPILOG = "Exit codes: 0 every MUST held; 1 one fell short; 2 bad usage; 3 unreachable, or nothing could be judged."
_USAGE = 2


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code; a mistake of the user's is one line, never a traceback."""
    try:
        code = commands.main(args=args, prog_name="fal-stream-check", standalone_mode=False)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = _say("interrupted", Outcome.NOTHING_JUDGED.value)
    except ConformanceError as error:
        code = _say(str(error), _USAGE)
    sys.exit(code or 0)


def _say(text: str, code: int) -> int:
    click.echo(f"Error: {text}", err=True)
    return code


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="fal-stream-conformance")
def commands() -> None:
    """Tell whether a fal /stream endpoint (server-sent events over HTTP POST) is right."""


@commands.command(epilog=_EPILOG)
@click.argument("endpoint")
@requesting_options
@judging_options
@click.option(
    "--depth",
    type=click.Choice(["quick"]),
    default="quick",
    show_default=True,
    help="How much to spend: quick is one generation and a few cheap requests.",
)
@click.option(
    "--repeat",
    type=click.IntRange(min=1, max=50),
    default=1,
    show_default=True,
    metavar="K",
    help="Record K generations; timing rules take the best.",
)
@click.option("--warm-up", is_flag=True, help="Run one generation first that is not judged, against cold starts.")
@click.option("--save", metavar="DIR", help="Keep the transcripts in this folder, for `judge`.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent and what it costs; send nothing.")
def check(endpoint: str, depth: str, repeat: int, warm_up: bool, save: str | None, dry_run: bool, **rest: Any) -> int:
    r"""Check a live endpoint: an http(s) URL of a /stream route, or a fal id such as owner/app.

    \b
    fal-stream-check check http://127.0.0.1:8000/stream
    fal-stream-check check owner/app --payload '{"prompt": "a red circle"}' --report junit=report.xml
    """
    conclusion = _Conclusion(rest)
    request = _request_settings(rest)
    target = request.endpoint(endpoint, conclusion.settings.profile, os.environ)
    plan = plan_probes(target, depth=Depth(depth), repeat=repeat, warm_up=warm_up)
    if dry_run:
        _show_plan(target.url, plan)
        return 0
    folder = TranscriptFolder(Path(save)) if save is not None else None
    progress = LiveProgress(Console(stderr=True))

    def on_transcript(transcript: Transcript) -> None:
        if folder is not None:
            folder.keep(transcript)
        progress.on_transcript(transcript)

    with progress.shown():
        examination = examine(target, plan, request.recorder(progress), on_transcript=on_transcript)
    return conclusion.reach(examination.transcripts, examination.not_asked)


@commands.command(epilog=_EPILOG)
@click.argument("endpoint")
@requesting_options
@click.option("--profile", metavar="NAME|FILE", help="Gives the payload. Default: fal-image.")
@click.option("--output", "-o", required=True, metavar="FILE", help="Where to write the transcript.")
def record(endpoint: str, output: str, profile: str | None, **rest: Any) -> int:
    """Record one generation into a transcript file, secrets removed, without judging it."""
    request = _request_settings(rest)
    target = request.endpoint(endpoint, JudgingSettings.read(profile=profile).profile, os.environ)
    probe = load_probes()["generation"]
    progress = LiveProgress(Console(stderr=True))
    with progress.shown():
        transcript = request.recorder(progress).record(probe.name, probe.build(target), secrets=target.secrets)
    write_transcript_file(Path(output), transcript)
    click.echo(f"{output}: {len(transcript.body)} bytes, ended {transcript.end.ending.value}")
    if transcript.end.ending in (Ending.UNREACHABLE, Ending.TLS_FAILED, Ending.ABANDONED):
        return _say(transcript.end.detail, Outcome.NOTHING_JUDGED.value)
    return 0


@commands.command(epilog=_EPILOG)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@judging_options
def judge(files: tuple[str, ...], **rest: Any) -> int:
    """Judge saved transcripts offline: the same rules, the same reports, no request."""
    conclusion = _Conclusion(rest)
    return conclusion.reach([read_transcript_file(Path(path)) for path in files], {})


@commands.command()
@click.option("--family", metavar="LETTER", help="Only one family: H, S, J, I, F, C or E.")
@click.option("--markdown", is_flag=True, help="Print the rules page of the documentation instead.")
def rules(family: str | None, markdown: bool) -> int:
    """List the rules: id, level, basis, requirement."""
    catalogue = load_catalogue()
    if markdown:
        click.echo(rule_pages.markdown_page(catalogue), nl=False)
        return 0
    chosen = select_rules(catalogue, select=[family] if family else ())
    rule_pages.show_rules([catalogue.rules[id_] for id_ in catalogue.rules if id_ in chosen], Console())
    return 0


@commands.command()
@click.argument("rule_id", metavar="ID")
def explain(rule_id: str) -> int:
    """Explain one rule: why it exists, whom its failure hurts, how to mend it, samples."""
    catalogue = load_catalogue()
    chosen = select_rules(catalogue, select=[rule_id])
    if rule_id.upper() not in chosen:
        raise UsageError(f"{rule_id!r} is a family; `rules --family {rule_id}` lists it")
    rule_pages.show_rule(catalogue.rules[rule_id.upper()], Console())
    return 0


class _Conclusion:
    """What follows the evidence: judge, print, write reports, give the exit code."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.settings = JudgingSettings.read(
            profile=options["profile"],
            select=options["selected"],
            ignore=options["ignored"],
            known_failures=options["known_failures"],
            strict=options["strict"],
        )
        self._targets = parse_report_targets(options["report_targets"], reports.FORMATS)
        self._verbose: bool = options["verbose"]

    def reach(self, transcripts: Sequence[Transcript], not_asked: Mapping[str, str]) -> int:
        report = self.settings.judge(transcripts, not_asked)
        console.show(report, Console(), verbose=self._verbose)
        for name, path in self._targets.items():
            write_text(Path(path), reports.render(report, name))
        return report.outcome.value


def _request_settings(options: dict[str, Any]) -> RequestSettings:
    return RequestSettings(
        payload=options["payload"],
        headers=options["headers"],
        key_from=options["key_from"],
        ca_file=options["ca_file"],
        http2=options["http2"],
        limits=RecordingLimits(silence_seconds=options["max_silence"], total_seconds=options["max_seconds"]),
    )


def _show_plan(url: str, plan: Plan) -> None:
    click.echo(f"Nothing is sent. A run would ask {url}:")
    if plan.warm_up:
        click.echo("  generation        x1  the warm-up, which is not judged")
    for ask in plan.asks:
        click.echo(f"  {ask.probe.name:<16}  x{ask.times}  {ask.probe.summary}")
    for name, reason in plan.not_asked.items():
        click.echo(f"  {name:<16}  --  not asked: {reason}")
    click.echo(f"At most {plan.generations} generation(s), {plan.requests} request(s).")
