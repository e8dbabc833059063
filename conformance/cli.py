"""The command line: `check`, `record`, `judge`, `rules`, `explain`. Wiring only; decisions live elsewhere."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console

from conformance import arguments, reports, rule_pages
from conformance.archive import TranscriptFolder, read_transcript_file, write_transcript_file
from conformance.catalogue import load_catalogue
from conformance.command_options import judging_options, requesting_options
from conformance.core import ConformanceError, Ending, Transcript, UsageError
from conformance.endpoint import Endpoint, resolve_url
from conformance.evaluation import Outcome, Report, evaluate
from conformance.examination import Plan, examine, plan_probes
from conformance.probe import Depth, load_probes
from conformance.progress import LiveProgress
from conformance.recorders import Recorder, RecordingLimits
from conformance.reports import console
from conformance.selection import (
    KnownFailures,
    Profile,
    parse_known_failures,
    select_rules,
)

__all__ = ["commands", "main"]

_EPILOG = "Exit codes: 0 every MUST held; 1 one fell short; 2 bad usage; 3 unreachable, or nothing could be judged."


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code."""
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
        code = _say(str(error), 2)
    except OSError as error:
        code = _say(f"{error.filename or 'a file'}: {error.strerror or error}", 2)
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
    judging = _Judging(rest)
    target, recorder, progress = _edge(endpoint, judging.profile, rest)
    plan = plan_probes(target, depth=Depth(depth), repeat=repeat, warm_up=warm_up)
    if dry_run:
        _show_plan(target, plan)
        return 0
    folder = TranscriptFolder(Path(save)) if save is not None else None
    with progress.shown():

        def on_transcript(transcript: Transcript) -> None:
            if folder is not None:
                folder.keep(transcript)
            progress.on_transcript(transcript)

        examination = examine(target, plan, recorder, on_transcript=on_transcript)
    return judging.conclude(examination.transcripts, examination.not_asked)


@commands.command(epilog=_EPILOG)
@click.argument("endpoint")
@requesting_options
@click.option("--profile", default="fal-image", show_default=True, metavar="NAME|FILE", help="Gives the payload.")
@click.option("--output", "-o", required=True, metavar="FILE", help="Where to write the transcript.")
def record(endpoint: str, output: str, profile: str, **rest: Any) -> int:
    """Record one generation into a transcript file, secrets removed, without judging it."""
    target, recorder, progress = _edge(endpoint, arguments.read_profile(profile), rest)
    probe = load_probes()["generation"]
    with progress.shown():
        transcript = recorder.record(probe.name, probe.build(target), secrets=target.secrets)
    write_transcript_file(Path(output), transcript)
    click.echo(f"{output}: {len(transcript.body)} bytes, ended {transcript.end.ending.value}")
    if transcript.end.ending in (Ending.UNREACHABLE, Ending.TLS_FAILED):
        return _say(transcript.end.detail, Outcome.NOTHING_JUDGED.value)
    return 0


@commands.command(epilog=_EPILOG)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@judging_options
def judge(files: tuple[str, ...], **rest: Any) -> int:
    """Judge saved transcripts offline: the same rules, the same reports, no request."""
    judging = _Judging(rest)
    transcripts = [read_transcript_file(Path(path)) for path in files]
    return judging.conclude(transcripts, {})


@commands.command()
@click.option("--family", metavar="LETTER", help="Only one family: H, S, J, I, F, C or E.")
def rules(family: str | None) -> int:
    """List the rules: id, level, basis, requirement."""
    catalogue = load_catalogue()
    chosen = select_rules(catalogue, select=[family] if family else ())
    rule_pages.show_rules([catalogue.rules[id_] for id_ in catalogue.rules if id_ in chosen], Console())
    return 0


@commands.command()
@click.argument("rule_id", metavar="ID")
def explain(rule_id: str) -> int:
    """Explain one rule: why it exists, whom its failure hurts, how to mend it, samples."""
    catalogue = load_catalogue()
    (chosen,) = select_rules(catalogue, select=[rule_id]) if len(rule_id) > 1 else (None,)
    if chosen is None:
        raise UsageError(f"{rule_id!r} is a family; `rules --family {rule_id}` lists it")
    rule_pages.show_rule(catalogue.rules[chosen], Console())
    return 0


class _Judging:
    """The judging options, read and checked before anything is sent."""

    def __init__(self, options: dict[str, Any]) -> None:
        catalogue = load_catalogue()
        self.profile: Profile = arguments.read_profile(options["profile"])
        self.profile.validate(catalogue)
        self._selected = select_rules(catalogue, select=_split(options["selected"]), ignore=_split(options["ignored"]))
        self._targets = arguments.parse_report_targets(options["report_targets"], reports.FORMATS)
        self._known: KnownFailures = {}
        if options["known_failures"] is not None:
            text = arguments.read_text(options["known_failures"], "the list of known failures")
            self._known = parse_known_failures(text, catalogue)
        self._strict: bool = options["strict"]
        self._verbose: bool = options["verbose"]

    def conclude(self, transcripts: Sequence[Transcript], not_asked: Any) -> int:
        """Judge, report, and give the exit code."""
        report = evaluate(
            transcripts,
            self.profile,
            selected=self._selected,
            known_failures=self._known,
            not_asked=not_asked,
            strict=self._strict,
        )
        console.show(report, Console(soft_wrap=False), verbose=self._verbose)
        self._write(report)
        return report.outcome.value

    def _write(self, report: Report) -> None:
        for name, path in self._targets.items():
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(reports.render(report, name), "utf-8")


def _edge(url: str, profile: Profile, options: dict[str, Any]) -> tuple[Endpoint, Recorder, LiveProgress]:
    resolved = resolve_url(url)
    payload = profile.payload
    if options["payload"] is not None:
        payload = arguments.parse_payload_argument(options["payload"])
    headers = arguments.parse_headers(
        options["headers"], url=resolved, key_from=options["key_from"], environment=os.environ
    )
    if options["ca_file"] is not None:
        arguments.read_text(options["ca_file"], "the file of certificate authorities")
    progress = LiveProgress(Console(stderr=True))
    recorder = Recorder(
        limits=RecordingLimits(silence_seconds=options["max_silence"], total_seconds=options["max_seconds"]),
        http2=options["http2"],
        ca_file=options["ca_file"],
        observer=progress,
    )
    return Endpoint(url=resolved, payload=payload, headers=headers), recorder, progress


def _split(texts: str | None) -> list[str]:
    return [part.strip() for part in (texts or "").split(",") if part.strip()]


def _show_plan(endpoint: Endpoint, plan: Plan) -> None:
    click.echo(f"Nothing is sent. A run would ask {endpoint.url}:")
    if plan.warm_up:
        click.echo("  generation        x1  the warm-up, which is not judged")
    for ask in plan.asks:
        click.echo(f"  {ask.probe.name:<16}  x{ask.times}  {ask.probe.summary}")
    for name, reason in plan.not_asked.items():
        click.echo(f"  {name:<16}  --  not asked: {reason}")
    click.echo(f"At most {plan.generations} generation(s), {plan.requests} request(s).")
