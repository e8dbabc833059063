"""Runs as JSON and as Markdown."""

import json
from dataclasses import replace
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from load.reports import FORMATS, render
from load.reports.json_document import document
from tests.load.reports.judged_runs import HOSTILE, a_full_run, judged
from tests.load.rows import CUT_SHORT, FAILED, a_run, stream

FULL = a_full_run()
RUNS = {
    "full": FULL,
    "a search": replace(FULL, fingerprint=replace(FULL.fingerprint, scenario="ramp_to_knee")),
    "nothing but failures": a_run(FAILED, FAILED),
    "cut short": a_run(CUT_SHORT),
    "empty": a_run(),
    "one stream": a_run(stream(), seconds=2),
}


@pytest.mark.parametrize("name", RUNS)
def test_the_summary_is_as_its_schema_says(name):
    """Whatever became of the run."""
    schema = json.loads((files("load.reports") / "summary.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    errors = Draft202012Validator(schema).iter_errors(json.loads(render(judged(RUNS[name]), "json")))
    assert [error.message for error in errors] == []


def test_the_summary_says_what_was_measured():
    """Exact values, nulls where the streams are too few, and the text for what never came."""
    summary = document(judged(RUNS["full"]))
    assert summary["streams"]["all"] == 120
    assert summary["metrics"]["ttfp"]["percentiles"]["p99"] == {
        "value": None,
        "low": None,
        "high": None,
        "streams_needed": 299,
    }
    standings = [one["standing"] for one in summary["objectives"]]
    assert standings == ["held", "fell short", "not testable", "held"]
    assert summary["invalid"] == ["worker 1 went silent"]
    assert summary["exit_code"] == 3
    assert document(judged(RUNS["nothing but failures"], "ttfp_max <= 1 s"))["objectives"][0]["value"] == "never came"


def test_the_summary_says_how_the_generator_fared():
    """Its timer, its processor and its streams, over every second of both workers; nulls where nobody watched."""
    assert document(judged(FULL))["generator"] == {
        "envelope_share": None,
        "largest_lag_seconds": 0.01,
        "seconds": 40,
        "timer_lag_seconds": {"median": 0.001, "max": 0.001},
        "processor_share": 0.1,
        "streams_at_once": 4,
    }
    assert document(judged(RUNS["empty"]))["generator"]["timer_lag_seconds"] is None


@pytest.mark.parametrize("name", RUNS)
def test_every_format_shows_every_run(name):
    """An empty run, failures only, or everything: there is a report, and it names the scenario."""
    run = RUNS[name]
    for format_name in FORMATS:
        assert run.fingerprint.scenario in render(judged(run), format_name).replace("&#95;", "_")


def test_text_of_an_endpoint_is_no_markup():
    """In Markdown a detail can neither end its cell, nor mention people, nor become HTML."""
    page = render(judged(RUNS["a search"]), "markdown")
    assert HOSTILE not in page
    rows = [line for line in page.splitlines() if line.startswith("| truncated")]
    assert [row.count("|") for row in rows] == [4]
    assert "<" not in page.replace("n<", "").replace("<=", "")
    assert "@" not in page
