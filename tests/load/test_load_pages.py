"""Pages of documentation that say what code says."""

from dataclasses import fields
from pathlib import Path

import pytest

from load.metrics_command import metrics_markdown
from load.run import Fingerprint, GeneratorTick, Mark, MarkKind, RunEnd, ServerSample
from load.stream_row import Outcome, StepMark, StreamRow

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def test_the_page_of_metrics_is_up_to_date():
    """`python -m load metrics --markdown > docs/reference/load-metrics.md` makes it so."""
    assert (REFERENCE / "load-metrics.md").read_text() == metrics_markdown() + "\n"


@pytest.mark.parametrize("record", [Fingerprint, StreamRow, StepMark, GeneratorTick, ServerSample, Mark, RunEnd])
def test_every_field_of_a_run_file_is_on_its_page(record):
    """Nobody has to guess what a field means."""
    page = (REFERENCE / "load-run-format.md").read_text()
    assert [field.name for field in fields(record) if f"`{field.name}`" not in page] == []


def test_every_outcome_and_mark_is_on_the_page():
    """As it is spelled in the file."""
    page = (REFERENCE / "load-run-format.md").read_text()
    assert [kind.value for kind in (*Outcome, *MarkKind) if f"`{kind.value}`" not in page] == []
