"""What the pages tell a reader to do works."""

import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from tests.docs.blocks import Block, read_blocks
from tests.docs.page_run import first_missing_line
from tests.load.locust_options import locust_options

ROOT = Path(__file__).parents[2]
_GENERATED = ("rules.md", "kill-matrix.md", "clients.md", "load-metrics.md")
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "reference_app/README.md",
    *sorted(path for path in ROOT.glob("docs/**/*.md") if path.name not in _GENERATED),
]


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", [page for page in PAGES if read_blocks(page)], ids=_name)
def test_a_reader_who_follows_the_page_gets_through(page: Path, follow: Callable[[list[Block]], None]) -> None:
    """Every block is done in order: files written, servers started, commands typed, output compared."""
    follow(read_blocks(page))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_options_on_the_page_exist(page: Path) -> None:
    """An option between backticks is one of ours, or of the tool that stands before it."""
    named = set(re.findall(r"`[^`\n]*?(--[a-z][a-z-]+)[^`\n]*`", page.read_text("utf-8")))
    assert named - _options() - _OF_OTHERS == set()


@pytest.mark.parametrize(
    ("expected", "output", "missing"),
    [
        ("took 12 ms", "a\ntook 7 ms\nb", None),
        ("a\n...\nc", "a\nb\nc", None),
        ("c\na", "a\nb\nc", "a"),
        ("  x   y", "x y", None),
    ],
)
def test_output_is_compared_line_by_line(expected: str, output: str, missing: str | None) -> None:
    """Lines in their order, whatever the numbers and the width of columns."""
    assert first_missing_line(expected, output) == missing


_OF_OTHERS = {"--attach", "--local", "--network", "--pyargs"}


def _options() -> set[str]:
    from conformance.cli import commands as check
    from load.cli import main as load
    from reference_app.__main__ import main as app

    pending: list[click.Command] = [check, load, app]
    names: set[str] = set()
    while pending:
        command = pending.pop()
        if isinstance(command, click.Group):
            context = click.Context(command)
            pending += filter(None, (command.get_command(context, name) for name in command.list_commands(context)))
        names |= {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    return names | _pytest_options() | locust_options()


def _pytest_options() -> set[str]:
    from conformance import pytest_plugin as of_checks
    from load.ab import pytest_plugin as of_load

    parser = pytest.Parser(_ispytest=True)
    of_checks.pytest_addoption(parser)
    of_load.pytest_addoption(parser)
    return {name for group in parser._groups for option in group.options for name in option.names()}
