"""The pictures that the README shows of the reports."""

from pathlib import Path

import pytest

IMAGES = Path(__file__).parents[4] / "docs" / "images"


@pytest.mark.parametrize("name", ["report.png", "terminal.svg"])
def test_pictures_are_small(name: str) -> None:
    """A page with both of them is there at once."""
    assert (IMAGES / name).stat().st_size < 300_000


def test_terminal_loads_nothing() -> None:
    """The drawing names no font or picture of another server."""
    drawn = (IMAGES / "terminal.svg").read_text("utf-8")
    assert ("@font-face" in drawn, "url(http" in drawn, "href=" in drawn) == (False, False, False)
