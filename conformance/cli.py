"""The command line: `check`, `record`, `judge`, `play`, `rules`, `explain`. Wiring only; decisions live elsewhere."""

import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console

from conformance import rule_pages
from conformance.archive import (
    TranscriptFolder,
    prepare_file,
    read_transcript_file,
    read_transcript_files,
    write_transcript_file,
)
from conformance.catalogue import load_catalogue
from conformance.command_options import judging_options, requesting_options
from conformance.conclusion import Conclusion
from conformance.core import ConformanceError, Ending, Request, Transcript, UsageError, redact_url
from conformance.examination import Plan, examine, plan_probes
from conformance.judging.report import Outcome
from conformance.judging.selection import select_rules
from conformance.player import Player, Recut
from conformance.probing.picture_fetching import PICTURE_FETCH
from conformance.probing.probe import Depth, load_probes
from conformance.progress import LiveProgress
from conformance.recorders import RecordingLimits
from conformance.settings import JudgingSettings, RequestSettings
from conformance.terminal import discard_output, terminal

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
    except OSError as error:
        discard_output()
        code = _say(f"the output cannot be written: {error.strerror or error}", _USAGE)
    sys.exit(code or 0)


def _say(text: str, code: int) -> int:
    click.echo(f"Error: {text}", err=True)
    return code


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="fal-stream-conformance")
def commands() -> None:
    """Tell whether a fal /stream endpoint (server-sent events over HTTP POST) is right."""


@commands.command(epilog=_EPILOG, short_help="Check a live endpoint.")
@click.argument("endpoint")
@requesting_options
@judging_options
@click.option(
    "--depth",
    type=click.Choice([depth.value for depth in Depth]),
    default=Depth.QUICK.value,
    show_default=True,
    help="How much to spend: quick is one generation and a few cheap requests; see --dry-run.",
)
@click.option(
    "--repeat",
    type=click.IntRange(min=1, max=50),
    default=1,
    show_default=True,
    metavar="K",
    help="Record K generations; timing rules take the best.",
)
@click.option(
    "--failing-payload", metavar="JSON|@FILE", help="Input that makes the model fail midway, for --depth full."
)
@click.option("--plain-url", metavar="URL|PATH", help="The route without a stream, for --depth full.")
@click.option(
    "--cancel-url", metavar="URL|PATH", help="The route that cancels a stream by x-fal-request-id, for --depth full."
)
@click.option(
    "--fetch-results", is_flag=True, help="Fetch pictures behind http(s) URLs of the endpoint's host or fal's (I08)."
)
@click.option("--fetch-from", multiple=True, metavar="HOST", help="Fetch them from this host as well; may be repeated.")
@click.option("--warm-up", is_flag=True, help="Run one generation first that is not judged, against cold starts.")
@click.option("--save", metavar="DIR", help="Keep the transcripts in this folder, for `judge`.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent and what it costs; send nothing.")
def check(endpoint: str, depth: str, repeat: int, warm_up: bool, save: str | None, dry_run: bool, **rest: Any) -> int:
    """Check a live endpoint: an http(s) URL of a /stream route, or a fal id such as owner/app.

    \b
    fal-stream-check check http://127.0.0.1:8000/stream
    fal-stream-check check owner/app --payload '{"prompt": "a red circle"}' --report junit=report.xml
    """  # noqa: D301 - click itself reads the backspace, which a raw string would not hold
    conclusion = Conclusion(rest)
    request = _request_settings(rest)
    target = request.endpoint(endpoint, conclusion.settings.profile, os.environ)
    fetching = request.fetching(conclusion.settings.profile)
    plan = plan_probes(target, depth=Depth(depth), repeat=repeat, warm_up=warm_up, fetching=fetching)
    if dry_run:
        _show_plan(target.url, plan)
        return 0
    conclusion.prepare()
    folder = TranscriptFolder(Path(save)) if save is not None else None
    progress = LiveProgress(Console(stderr=True))

    def on_transcript(transcript: Transcript) -> None:
        if folder is not None:
            folder.keep(transcript)
        progress.on_transcript(transcript)

    recorder = request.recorder(progress)
    with progress.shown():
        examination = examine(target, plan, recorder, on_transcript=on_transcript)
    code = conclusion.reach(examination.transcripts, examination.not_asked)
    if recorder.interrupted and code == Outcome.HELD.value:
        return _say("interrupted before everything was asked", Outcome.NOTHING_JUDGED.value)
    return code


@commands.command(epilog=_EPILOG, short_help="Record one generation into a file.")
@click.argument("endpoint")
@requesting_options
@click.option("--profile", metavar="NAME|FILE", help="Gives the payload. Default: fal-image.")
@click.option("--output", "-o", required=True, metavar="FILE", help="Where to write the transcript.")
def record(endpoint: str, output: str, profile: str | None, **rest: Any) -> int:
    """Record one generation into a transcript file, secrets removed, without judging it."""
    request = _request_settings(rest)
    target = request.endpoint(endpoint, JudgingSettings.read(profile=profile).profile, os.environ)
    probe = load_probes()["generation"]
    prepare_file(Path(output))
    progress = LiveProgress(Console(stderr=True))
    with progress.shown():
        transcript = request.recorder(progress).record(probe.name, probe.build(target), secrets=target.secrets)
    write_transcript_file(Path(output), transcript)
    click.echo(f"{output}: {len(transcript.body)} bytes, ended {transcript.end.ending.value}")
    if transcript.end.ending in (Ending.UNREACHABLE, Ending.TLS_FAILED, Ending.ABANDONED):
        return _say(transcript.end.detail, Outcome.NOTHING_JUDGED.value)
    return 0


@commands.command(epilog=_EPILOG, short_help="Judge saved transcripts offline.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@judging_options
def judge(files: tuple[str, ...], **rest: Any) -> int:
    """Judge saved transcripts offline: the same rules, the same reports, no request."""
    conclusion = Conclusion(rest)
    return conclusion.reach(read_transcript_files(map(Path, files)), {})


@commands.command(short_help="Serve saved transcripts as they came.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Where to listen; 0 takes a free port."
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    metavar="X",
    help="1 as recorded, 2 twice as fast, 0 without waiting.",
)
@click.option(
    "--recut", type=click.Choice([item.value for item in Recut]), help="Cut the body into other chunks than recorded."
)
def play(files: tuple[str, ...], port: int, speed: float, recut: str | None) -> int:
    """Serve saved transcripts on 127.0.0.1 as they came, faults included, until Ctrl-C."""
    transcripts = [read_transcript_file(Path(path)) for path in files]
    cut = Recut(recut) if recut is not None else None
    with Player(transcripts, port=port, speed=speed, recut=cut, on_request=_show_request) as url:
        click.echo(f"{len(transcripts)} transcript(s) at {url}; Ctrl-C ends")
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
    return 0


@commands.command()
@click.option("--family", metavar="LETTER", help="Only one family: H, S, J, I, F, C, E or R.")
@click.option("--markdown", is_flag=True, help="Print the rules page of the documentation instead.")
def rules(family: str | None, markdown: bool) -> int:
    """List the rules: id, level, basis, requirement."""
    catalogue = load_catalogue()
    if markdown:
        click.echo(rule_pages.markdown_page(catalogue), nl=False)
        return 0
    chosen = select_rules(catalogue, select=[family] if family else ())
    rule_pages.show_rules([catalogue.rules[id_] for id_ in catalogue.rules if id_ in chosen], terminal())
    return 0


@commands.command(short_help="Explain one rule.")
@click.argument("rule_id", metavar="ID")
def explain(rule_id: str) -> int:
    """Explain one rule: why it exists, whom its failure hurts, how to mend it, samples."""
    catalogue = load_catalogue()
    chosen = select_rules(catalogue, select=[rule_id])
    if rule_id.upper() not in chosen:
        raise UsageError(f"{rule_id!r} is a family; `rules --family {rule_id}` lists it")
    rule_pages.show_rule(catalogue.rules[rule_id.upper()], terminal())
    return 0


def _request_settings(options: dict[str, Any]) -> RequestSettings:
    return RequestSettings(
        payload=options["payload"],
        headers=options["headers"],
        key_from=options["key_from"],
        failing_payload=options.get("failing_payload"),
        plain_url=options.get("plain_url"),
        cancel_url=options.get("cancel_url"),
        fetch_results=options.get("fetch_results", False),
        fetch_from=options.get("fetch_from", ()),
        ca_file=options["ca_file"],
        http2=options["http2"],
        limits=RecordingLimits(silence_seconds=options["max_silence"], total_seconds=options["max_seconds"]),
    )


def _show_request(request: Request, transcript: Transcript) -> None:
    status = transcript.head.status if transcript.head else "no head"
    click.echo(
        f"{request.method} {redact_url(request.url)} <- {transcript.probe}: {status}, {len(transcript.body)} bytes, "
        f"{transcript.end.ending.value}"
    )


def _show_plan(url: str, plan: Plan) -> None:
    click.echo(f"Nothing is sent. A run would ask {redact_url(url)}:")
    if plan.warm_up:
        click.echo("  generation              x1  the warm-up, which is not judged")
    for ask in plan.asks:
        cost = f" Up to {ask.generations} generation(s)." if ask.generations else ""
        click.echo(f"  {ask.probe.name:<22}  x{ask.times * ask.requests}  {ask.probe.summary}{cost}")
    for name, reason in plan.not_asked.items():
        click.echo(f"  {name:<22}  --  not asked: {reason}")
    if plan.fetches:
        click.echo(f"  {PICTURE_FETCH:<22}  --  at most {plan.fetches} pictures behind http(s) URLs, without a key")
    beside = f" and {plan.fetches} fetch(es) of pictures" if plan.fetches else ""
    click.echo(f"At most {plan.generations} generation(s), {plan.requests} request(s){beside}.")
