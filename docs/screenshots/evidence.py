"""What the pictures of the README show: the reference app's stream, its last event robbed of its blank line."""

from dataclasses import replace

from benchmarks.app_process import running_app
from conformance.core import Transcript
from conformance.examination import check_endpoint
from conformance.judging.evaluation import evaluate
from conformance.judging.report import Report

__all__ = ["torn_report"]

_PAYLOAD = {"prompt": "a sun over green hills", "seed": 5}


def torn_report() -> Report:
    """Run the reference app, check it, take the last line break away, and judge again."""
    with running_app("--pipeline", "simulated") as (base_url, _):
        report = check_endpoint(f"{base_url}/stream", payload=_PAYLOAD, warm_up=True)
    first, *rest = report.transcripts
    return evaluate([_torn(first), *rest], report.profile)


def _torn(transcript: Transcript) -> Transcript:
    last = transcript.chunks[-1]
    shortened = replace(last, data=last.data.removesuffix(b"\n"))
    return replace(transcript, chunks=(*transcript.chunks[:-1], shortened))
