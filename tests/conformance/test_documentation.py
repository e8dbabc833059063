"""Pages that are generated are fresh, and what they name exists."""

import re
from pathlib import Path

import pytest

from conformance.catalogue import load_catalogue
from conformance.rule_pages import markdown_page

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("reference_app/*.md")])


def test_the_rules_page_is_fresh() -> None:
    """`fal-stream-check rules --markdown > docs/reference/rules.md` makes it so."""
    assert (ROOT / "docs/reference/rules.md").read_text("utf-8") == markdown_page(load_catalogue())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that exists."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
