"""What `judge` reads is bounded as what a check records is; a file that is too much is one line and exit code 2."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance import archive
from conformance.archive import read_transcript_files, write_transcript_file
from conformance.cli import main
from conformance.core import StreamBounds, TranscriptError, UsageError, read_transcript, write_transcript
from conformance.samples import good_events, stream

HEAD = list(write_transcript(stream(*good_events())))[:4]


def chunks(data: str, times: int) -> Iterable[str]:
    line = json.dumps({"line": "chunk", "at_ns": 30_000_000, "text": data})
    return (line for _ in range(times))


def judge(*paths: Path) -> tuple[int, list[str]]:
    """Exit code, and the lines on stderr."""
    runner = CliRunner()
    with runner.isolation() as (_, errors, _):
        with pytest.raises(SystemExit) as left:
            main(["judge", *map(str, paths)])
        return int(left.value.code or 0), errors.getvalue().decode().splitlines()


@pytest.mark.slow
def test_a_body_that_no_check_would_record_is_refused(tmp_path: Path) -> None:
    """However it is cut, it ends in one line that says at which line of the file it was too much."""
    path = tmp_path / "large.jsonl"
    lines = [*HEAD, *chunks(":" * (1024 * 1024 - 1) + "\n", 97)]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    code, (said,) = judge(path)
    assert code == 2
    assert said == f"Error: line 101 of the transcript is not valid: the body is larger than {96 * 1024**2} bytes"


def test_many_pieces_are_refused() -> None:
    """Bytes alone bound no memory: events, lines and JSON values are counted as well."""
    most = StreamBounds().events
    with pytest.raises(TranscriptError, match=f"there are more than {most} events"):
        read_transcript([*HEAD, *chunks("data:\n\n" * 1000, most // 1000 + 1)])


def test_many_redirects_are_refused() -> None:
    """They are kept too."""
    redirect = json.dumps({"line": "redirect", "url": "/", "status": 307, "http_version": "HTTP/1.1", "headers": []})
    with pytest.raises(TranscriptError, match="more than 100 redirects"):
        read_transcript([*HEAD[:2], *[redirect] * 101])


def test_an_endless_line_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not read to its end."""
    monkeypatch.setattr(archive, "_MOST_LINE_CHARACTERS", 1000)
    path = tmp_path / "endless.jsonl"
    path.write_text("\n".join([*HEAD, "x" * 1001]), "utf-8")
    with pytest.raises(TranscriptError, match="line 5 of the transcript is longer than 1000 characters"):
        read_transcript_files([path])


def test_what_was_recorded_can_be_read(tmp_path: Path) -> None:
    """Several files, in their order."""
    transcripts = [stream(*good_events(count)) for count in (1, 2)]
    paths = [tmp_path / "1.jsonl", tmp_path / "2.jsonl"]
    for path, transcript in zip(paths, transcripts, strict=True):
        write_transcript_file(path, transcript)
    assert read_transcript_files(paths) == transcripts


def test_one_file_given_twice_is_refused(tmp_path: Path) -> None:
    """Counted twice it would pass for two runs; which other name it is given by does not matter."""
    path = tmp_path / "generation.jsonl"
    write_transcript_file(path, stream(*good_events()))
    (tmp_path / "link.jsonl").symlink_to(path)
    again = tmp_path / "link.jsonl"
    with pytest.raises(UsageError, match="is given twice, expected each file once"):
        read_transcript_files([path, again])
    code, (said,) = judge(path, path)
    assert (code, said) == (2, f"Error: the transcript {str(path)!r} is given twice, expected each file once")
