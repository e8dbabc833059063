"""What is installed is whole: data files, console scripts, the pytest plugin, and a light base."""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import pytest


@pytest.fixture(scope="module")
def installed() -> Distribution:
    try:
        return distribution("fal-stream-conformance")
    except PackageNotFoundError:
        pytest.skip("the tests run from a checkout that is not installed")


def test_data_files_are_installed(installed: Distribution) -> None:
    """Profiles, rule sets, the report's schema and the type marker travel with the wheel."""
    files = {str(file) for file in installed.files or ()}
    wanted = {
        "conformance/profiles/fal-image.toml",
        "conformance/rule_pages/power.toml",
        "conformance/profiles/replicate.toml",
        "conformance/reports/html/templates/page.css",
        "conformance/reports/html/templates/page.html.jinja",
        "conformance/reports/html/templates/page.js",
        "conformance/reports/report.schema.json",
        "conformance/judging/rule_sets/2026.1.toml",
        "conformance/py.typed",
        "load/ab/comparison.schema.json",
        "load/history/migrations/versions/first_tables.py",
        "load/py.typed",
        "reference_app/playground/page/index.html",
        "reference_app/playground/page/playground.css",
        "reference_app/playground/page/playground.js",
        "reference_app/py.typed",
    }
    assert wanted - files == set()


def test_commands_and_plugin_are_registered(installed: Distribution) -> None:
    """Three commands, and a pytest plugin each for checks and for load."""
    names = {(entry.group, entry.name) for entry in installed.entry_points}
    assert names == {
        ("console_scripts", "fal-stream-app"),
        ("console_scripts", "fal-stream-check"),
        ("console_scripts", "fal-stream-load"),
        ("pytest11", "fal_stream_conformance"),
        ("pytest11", "fal_stream_load"),
    }


def test_the_base_install_is_light(installed: Distribution) -> None:
    """Checking an endpoint installs neither torch nor Locust nor plotly; those are extras."""
    base = {
        re.split(r"[^\w-]", requirement)[0].lower()
        for requirement in installed.requires or ()
        if "extra ==" not in requirement
    }
    assert base & {"torch", "diffusers", "transformers", "fal", "fastapi", "locust", "gevent", "plotly"} == set()
