"""Where a finding of SARIF stands: the line of a saved transcript that holds the chunk with the fault."""

from collections import Counter
from itertools import accumulate
from typing import Any

from conformance.core import Transcript, write_transcript
from conformance.judging.report import Report
from conformance.judging.rule_result import RuleResult
from conformance.reports.escaping import printable
from conformance.stream.finding import Finding

__all__ = ["Locations"]

_BASE = "TRANSCRIPTS"
_FIRST_LINE = 1


class Locations:
    """The places of one report's findings.

    Attributes:
        artifacts: The transcripts, under the names that ``--save`` gives them.
        bases: What those names are relative to.
    """

    def __init__(self, report: Report) -> None:
        """Name each transcript of the report."""
        self._endpoint = printable(report.endpoint)
        self._names = _file_names(report.transcripts)
        self._transcripts = report.transcripts
        self.artifacts: list[dict[str, Any]] = [
            {
                "location": {"uri": name, "uriBaseId": _BASE},
                "description": {"text": f"Transcript of the probe {item.probe!r}, as --save writes it."},
                "mimeType": "application/jsonl",
            }
            for name, item in zip(self._names, report.transcripts, strict=True)
        ]
        self.bases: dict[str, Any] = {_BASE: {"description": {"text": "The folder that was given to --save."}}}

    @property
    def of_the_run(self) -> dict[str, Any]:
        """The beginning of the first transcript."""
        return self._location(0, {"startLine": _FIRST_LINE}, "")

    def of(self, result: RuleResult, finding: Finding | None) -> dict[str, Any]:
        """The place of a finding, or of a rule without one.

        It is the beginning of the probe's transcript where no byte is named, or where the body had a content coding,
        so that its bytes are not those of the chunks.
        """
        probes = (finding.probe,) if finding is not None else result.rule.evidence
        indexes = [index for index, item in enumerate(self._transcripts) if item.probe in probes]
        for index in indexes:
            chunk = _chunk_with(finding, self._transcripts[index])
            if chunk is not None:
                return self._location(index, _region(self._transcripts[index], chunk), _event(finding))
        return self._location(indexes[0] if indexes else 0, {"startLine": _FIRST_LINE}, _event(finding))

    def _location(self, index: int, region: dict[str, int], event: str) -> dict[str, Any]:
        probe = self._transcripts[index].probe
        return {
            "physicalLocation": {
                "artifactLocation": {"uri": self._names[index], "uriBaseId": _BASE, "index": index},
                "region": region,
            },
            "logicalLocations": [
                {"name": probe, "fullyQualifiedName": f"{self._endpoint} {probe}{event}", "kind": "resource"}
            ],
        }


def _file_names(transcripts: tuple[Transcript, ...]) -> list[str]:
    met: Counter[str] = Counter()
    names = []
    for item in transcripts:
        met[item.probe] += 1
        names.append(f"{item.probe}-{met[item.probe]}.jsonl" if met[item.probe] > 1 else f"{item.probe}.jsonl")
    return names


def _event(finding: Finding | None) -> str:
    return "" if finding is None or finding.event is None else f" event {finding.event}"


def _chunk_with(finding: Finding | None, transcript: Transcript) -> int | None:
    """Index of the chunk that holds the byte of the finding, if the body is the one that the finding shows."""
    if finding is None or finding.byte_offset is None or finding.excerpt is None or not transcript.chunks:
        return None
    excerpt = finding.excerpt
    if transcript.body[excerpt.offset : excerpt.offset + len(excerpt.data)] != excerpt.data:
        return None
    ends = accumulate(len(chunk.data) for chunk in transcript.chunks)
    last = len(transcript.chunks) - 1
    return next((index for index, end in enumerate(ends) if finding.byte_offset < end), last)


def _region(transcript: Transcript, chunk: int) -> dict[str, int]:
    """The line of the chunk, as a line and as bytes of the file."""
    lines = [line.encode("utf-8") for line in write_transcript(transcript)]
    # Chunks are the last lines but one, which tells the end.
    index = len(lines) - 1 - len(transcript.chunks) + chunk
    return {
        "startLine": index + _FIRST_LINE,
        "startColumn": 1,
        "endColumn": len(lines[index].decode("utf-8")) + 1,
        "byteOffset": sum(len(line) + 1 for line in lines[:index]),
        "byteLength": len(lines[index]),
    }
