"""Options that several commands share, with their help texts."""

import math
from collections.abc import Callable
from typing import Any

import click

from conformance import reports
from conformance.judging.rule_set import LATEST, rule_set_names
from conformance.profiles.profile_file import built_in_profiles

__all__ = ["judging_options", "requesting_options"]


def _options(*options: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


class _Seconds(click.FloatRange):
    """A time one can wait for: NaN, which is in no range and yet passes the check of one, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return seconds


_SECONDS = _Seconds(min=0.1, max=24 * 60 * 60)

judging_options = _options(
    click.option(
        "--profile",
        metavar="NAME|FILE",
        help="How the endpoint is judged: a built-in profile or a .toml file. "
        f"Built in: {', '.join(built_in_profiles())}; default: fal-image.",
    ),
    click.option(
        "--schema",
        metavar="FILE[#POINTER]",
        help="What every event must match (J05): a JSON Schema, or an OpenAPI 3.1 or 3.2 document, as JSON.",
    ),
    click.option("--select", "selected", metavar="IDS", help="Only these rules or families: S,J01."),
    click.option("--ignore", "ignored", metavar="IDS", help="All but these rules or families."),
    click.option(
        "--known-failures",
        metavar="FILE",
        help="TOML: rules that may fall short, each with reason, owner and expiry; "
        "--report known-failures=FILE writes one to fill in.",
    ),
    click.option(
        "--rules",
        "rule_set",
        metavar="SET",
        default=LATEST.name,
        show_default=True,
        help=f"The rules that count, as they were then: {', '.join(rule_set_names())}. Newer ones run unscored.",
    ),
    click.option(
        "--baseline",
        "baseline",
        multiple=True,
        metavar="PATH",
        help="Compare times with these generations (C09): a transcript, or a folder that --save made. May be repeated.",
    ),
    click.option(
        "--clients",
        type=click.Choice(["model", "real"]),
        default="model",
        show_default=True,
        help="What fal-js makes of the stream: a model of it, or the real one as well, where Node and @fal-ai/client "
        "are installed.",
    ),
    click.option("--strict", is_flag=True, help="SHOULD counts like MUST."),
    click.option(
        "--report",
        "report_targets",
        multiple=True,
        metavar="FORMAT=PATH",
        help=f"Write a report to a file as well, or to standard output (FORMAT=-; the page for people then goes to "
        f"standard error); formats: {', '.join(reports.FORMATS)}. May be repeated.",
    ),
    click.option(
        "--since",
        metavar="REPORT.json",
        help="Say what was fixed, still fails or is new since this JSON report of an earlier run. "
        "The exit code is not changed by it.",
    ),
    click.option("--verbose", "-v", is_flag=True, help="List every rule with its verdict."),
)

requesting_options = _options(
    click.option(
        "--payload", metavar="JSON|@FILE", help="Input of the generation. Default: the profile's own payload."
    ),
    click.option(
        "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A further request header; may be repeated."
    ),
    click.option(
        "--key-from",
        metavar="VARIABLE",
        help="Send this environment variable as 'Authorization: Key …', or as the profile says. "
        "FAL_KEY is sent without asking, to fal's own hosts only.",
    ),
    click.option("--http2", is_flag=True, help="Offer HTTP/2, as browsers do; the official clients do not."),
    click.option("--ca", "ca_file", metavar="FILE", help="Trust these certificate authorities (PEM) as well."),
    click.option(
        "--max-silence",
        type=_SECONDS,
        default=60.0,
        show_default=True,
        metavar="SECONDS",
        help="Give up when nothing arrives for so long.",
    ),
    click.option(
        "--max-seconds",
        type=_SECONDS,
        default=600.0,
        show_default=True,
        help="Longest time one exchange may take.",
        metavar="SECONDS",
    ),
)
