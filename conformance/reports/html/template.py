"""The page's templates: every text in them is made to print and escaped, whoever chose it."""

import json
from functools import cache, partial
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from conformance.core.timing import in_seconds
from conformance.reports.changes import named_change, said_of, since_headline
from conformance.reports.client_versions import client_version
from conformance.reports.clients_table import ending, final_word
from conformance.reports.curl import curl_line
from conformance.reports.escaping import printable
from conformance.reports.excerpt_rows import excerpt_rows
from conformance.reports.excuses import excuse_line
from conformance.reports.html.chart import Chart
from conformance.reports.html.exchange import step_words
from conformance.reports.html.thinning import thinned
from conformance.reports.html.units import at, size
from conformance.reports.overview import named_durations
from conformance.reports.standing import standing
from conformance.reports.wording import BASES, counted, duration, first_said, headline, location, outcome_name

__all__ = ["page_template", "resource"]

_EXCERPT_COLUMNS = 96
_MOST_LISTED_EVENTS = 300


def resource(name: str) -> str:
    """A file that the page takes in as it is."""
    return (files("conformance.reports.html") / "templates" / name).read_text("utf-8")


@cache
def page_template() -> Template:
    """The template of the whole page, with the words that it uses."""
    environment = Environment(
        loader=PackageLoader("conformance.reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["figure"] = _figure
    environment.globals.update(
        BASES=BASES,
        at=at,
        client_version=client_version,
        counted=counted,
        curl_line=curl_line,
        duration=duration,
        ending=ending,
        excerpt_rows=partial(excerpt_rows, width=_EXCERPT_COLUMNS),
        excuse_line=excuse_line,
        final_word=final_word,
        first_said=first_said,
        headline=headline,
        in_seconds=in_seconds,
        listed=partial(thinned, most=_MOST_LISTED_EVENTS),
        location=location,
        named_change=named_change,
        named_durations=named_durations,
        outcome_name=outcome_name,
        said_of=said_of,
        since_headline=since_headline,
        size=size,
        standing=standing,
        step_words=step_words,
    )
    return environment.get_template("page.html.jinja")


def _shown(value: Any) -> Any:
    return printable(value) if type(value) is str else value


def _figure(chart: Chart) -> Markup:
    """A figure as JSON that stays within its element, whatever stands in its texts."""
    text = json.dumps(chart.figure, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704 - no "<" is left in it
