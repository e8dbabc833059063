"""The page itself: what is in it, and the policy under which a browser opens it."""

import base64
import hashlib
import shlex
from collections.abc import Sequence

from markupsafe import Markup
from plotly.offline import get_plotlyjs

from conformance.judging.comparison import compare
from conformance.judging.report import Report
from conformance.reports.curl import curl_line, request_to_reproduce
from conformance.reports.escaping import printable
from conformance.reports.html.findings import remarks, sections
from conformance.reports.html.scene import main_scene, scenes
from conformance.reports.html.scoreboard import scoreboard
from conformance.reports.html.template import page_template, resource

__all__ = ["render"]


def render(report: Report) -> str:
    """The report as one HTML file that loads nothing."""
    found = scenes(report)
    has_charts = any(scene.timeline is not None for scene in found)
    scripts = [*([get_plotlyjs()] if has_charts else []), resource("page.js")]
    request = request_to_reproduce(report)
    page = page_template().render(
        report=report,
        scenes=found,
        main=main_scene(found),
        sections=sections(report),
        remarks=remarks(report),
        scoreboard=scoreboard(report),
        comparison=compare(report),
        curl="" if request is None else curl_line(request),
        commands=_commands(report),
        policy=_policy(scripts),
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own and plotly's, known by their hashes
        style=Markup(resource("page.css")),  # noqa: S704 - our own
    )
    return str(page)


def _commands(report: Report) -> tuple[str, ...]:
    endpoint, profile = (shlex.quote(printable(text)) for text in (report.endpoint, report.profile.name))
    return (
        f"fal-stream-check check {endpoint} --profile {profile} --save evidence --report html=report.html",
        f"fal-stream-check judge evidence/*.jsonl --profile {profile} --report html=report.html",
    )


def _policy(scripts: Sequence[str]) -> str:
    """A content security policy: no network at all, these scripts alone.

    plotly.js writes style rules as it draws, so styles cannot be named by hash; with nothing to load from, they can
    neither fetch nor tell anything.
    """
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {hashes}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
