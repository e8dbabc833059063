"""A page that needs no network: its frame, and the policy under which a browser opens it."""

import base64
import hashlib
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from load.reports.html.chart import Chart

__all__ = ["environment", "self_contained"]

_PACKAGE = "load.reports.html"


def environment(package: str = _PACKAGE) -> Environment:
    """Templates of a package, which may extend ``frame.html.jinja`` of this one. Every text is escaped."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader(_PACKAGE)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["figure"] = _figure
    return made


def self_contained(template: Template, **values: Any) -> str:
    """The page with style and scripts inside.

    Args:
        template: One that extends ``frame.html.jinja``.
        values: What it shows.
    """
    scripts = [get_plotlyjs(), _resource("page.js")]
    page = template.render(
        policy=_policy(scripts),
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own and plotly's, known by their hashes
        style=Markup(_resource("page.css")),  # noqa: S704 - our own
        **values,
    )
    return str(page)


def _figure(chart: Chart) -> Markup:
    """A figure as JSON that stays within its element, whatever stands in its texts."""
    text = json.dumps(chart.figure, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704 - no "<" is left in it


def _resource(name: str) -> str:
    return (files(_PACKAGE) / "templates" / name).read_text("utf-8")


def _policy(scripts: Sequence[str]) -> str:
    # No network at all, and these scripts alone. plotly.js writes style rules as it draws, so styles have no hash.
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    hashes = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {hashes}; base-uri 'none'"
