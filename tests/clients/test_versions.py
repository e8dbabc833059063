"""The page about clients, and the releases that it says were compared."""

import tomllib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest

from conformance.clients.survey import CLIENTS
from conformance.reports import client_versions
from tests.clients import fal_client_process, fal_js, openai_python
from tests.clients.page import page

PROVEN = tomllib.loads((files("conformance.clients") / "proven.toml").read_text("utf-8"))
INSTALLED = {
    "@fal-ai/client": fal_js.VERSION,
    "fal-client": fal_client_process.VERSION,
    "httpx-sse": version("httpx-sse"),
    "openai": openai_python.VERSION,
}


def test_page_is_fresh() -> None:
    """`python -m tests.clients.page > docs/reference/clients.md` makes it so."""
    assert (Path(__file__).parents[2] / "docs/reference/clients.md").read_text("utf-8") == page()


@pytest.mark.parametrize("package", INSTALLED)
def test_release_of_this_run_is_listed(package: str) -> None:
    """What these tests compared is in proven.toml: add a new release there once they pass with it."""
    assert INSTALLED[package] in PROVEN[package]


def test_release_that_was_never_compared_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report says so where a newer one is installed."""
    installed = {"fal-client": "1.0.3", "httpx-sse": "0.5.0"}
    monkeypatch.setattr(client_versions, "version", installed.__getitem__)
    client_versions.client_version.cache_clear()
    read = client_versions.client_version(CLIENTS["fal_client"])
    client_versions.client_version.cache_clear()
    assert read.text == "fal-client 1.0.3, httpx-sse 0.5.0"
    assert read.unproven == f"httpx-sse 0.5.0 was never compared, only {', '.join(PROVEN['httpx-sse'])}"
