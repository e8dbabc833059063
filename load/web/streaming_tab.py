"""The *Streaming* tab of Locust's web page: previews and gaps over time, and the newest previews as pictures.

Importing this module listens to Locust's events. The page itself is ``/streaming/``; Locust's page shows it in a tab.
"""

from importlib.resources import files
from importlib.util import find_spec
from itertools import islice
from typing import Any

from flask import Blueprint, Response, abort, jsonify
from locust import events

from load.run import MarkKind
from load.streaming.run.run_recorder import RunRecorder
from load.validity import invalidities
from load.web import thumbnail_courier  # noqa: F401
from load.web.live_figures import LiveFigures

__all__: list[str] = []

# What no browser runs as a script, whatever is in it.
_SHOWN_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
_TAB = {"title": "Streaming", "key": "streaming"}
_SCRIPT = b'<script src="./streaming/tab.js" defer></script></body>'
_MEDIA_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
# Computed at every look at the page, in the process that may be reading streams: few, so that looking delays none.
_VALIDITY_ROWS = 200


@events.init.add_listener
def _add_tab(environment: Any, web_ui: Any, **_: Any) -> None:
    if web_ui is None:
        return
    web_ui.template_args["extended_tabs"] = [*web_ui.template_args.get("extended_tabs", []), _TAB]
    web_ui.app.register_blueprint(_Pages(environment, web_ui).blueprint)
    web_ui.app.after_request(_with_script)


def _with_script(response: Response) -> Response:
    # Locust's page has no place for a tab's content but tables, so ours is put beside it.
    if response.mimetype == "text/html" and not response.direct_passthrough:
        page = response.get_data()
        if b"window.templateArgs" in page and b"streaming/tab.js" not in page:
            response.set_data(page.replace(b"</body>", _SCRIPT))
    return response


class _Pages:
    """What the tab's page asks for."""

    def __init__(self, environment: Any, web_ui: Any) -> None:
        self._environment = environment
        self._recorder: RunRecorder | None = None
        self._figures = LiveFigures()
        self._rows_taken = 0
        # Read now: five megabytes are not fetched from a disk while streams are being read.
        self._plotly_js = _plotly_js()
        self.blueprint = Blueprint("streaming", __name__, url_prefix="/streaming")
        for rule, view in (
            ("/", self._page),
            ("/<name>.<any(css, js):kind>", self._static),
            ("/plotly.js", self._plotly),
            ("/figures", self._all_figures),
            ("/preview/<int:at_ns>", self._preview),
        ):
            self.blueprint.add_url_rule(rule, view.__name__, web_ui.auth_required_if_enabled(view))

    def _page(self) -> Response:
        return _resource("streaming.html")

    def _static(self, name: str, kind: str) -> Response:
        if name not in ("streaming", "tab"):
            abort(404)
        return _resource(f"{name}.{kind}")

    def _plotly(self) -> Response:
        if self._plotly_js is None:
            abort(404)
        response = Response(self._plotly_js, mimetype="text/javascript")
        response.cache_control.max_age = 86_400
        return response

    def _all_figures(self) -> Response:
        recorder = getattr(self._environment, "stream_rows", None)
        if not isinstance(recorder, RunRecorder):
            return jsonify(None)
        if recorder is not self._recorder:
            self._recorder, self._figures, self._rows_taken = recorder, LiveFigures(), 0
        new = recorder.rows_seen - self._rows_taken
        self._rows_taken = recorder.rows_seen
        self._figures.add(reversed(list(islice(reversed(recorder.rows), new))))
        previews = [image for image in self._environment.latest_previews.images if image.media_type in _SHOWN_TYPES]
        return jsonify(
            {
                **self._figures.document(),
                "scenario": recorder.fingerprint.scenario,
                "endpoint": recorder.fingerprint.endpoint,
                "notes": [mark.text for mark in recorder.marks if mark.kind is not MarkKind.STAGE],
                "invalid": [one.reason for one in invalidities(recorder.newest(_VALIDITY_ROWS))],
                "previews": [
                    {"at_ns": image.at_ns, "from": " ".join(filter(None, (image.worker, image.group)))}
                    for image in previews
                ],
            }
        )

    def _preview(self, at_ns: int) -> Response:
        for image in self._environment.latest_previews.images:
            if image.at_ns == at_ns and image.media_type in _SHOWN_TYPES:
                response = Response(image.data, mimetype=image.media_type)
                response.headers["X-Content-Type-Options"] = "nosniff"
                response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
                return response
        return abort(404)


def _plotly_js() -> str | None:
    if find_spec("plotly") is None:
        return None
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())


def _resource(name: str) -> Response:
    text = (files("load.web") / "static" / name).read_text("utf-8")
    return Response(text, mimetype=_MEDIA_TYPES[name.rpartition(".")[2]])
