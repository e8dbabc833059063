"""Samples sent over a real socket: played by the player, recorded by the recorder, in lockstep."""

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from conformance.catalogue import Rule, Sample
from conformance.core import Chunk, Ending, Request, Transcript
from conformance.player import Player
from conformance.probing.probe import load_probes
from conformance.recorders import KeptConnection, Recorder, RecordingLimits
from conformance.stream.evidence import Evidence
from tests.conformance.http2_player import authority, playing
from tests.conformance.lockstep import Lockstep

__all__ = ["NOT_PLAYED", "is_played", "over_a_socket"]

NOT_PLAYED: Mapping[tuple[str, str], str] = {
    ("H05", "a transfer coding that is not chunked"): "h11, on which recorder and Python client sit, refuses it",
}

_NS_PER_SECOND = 1_000_000_000
# How long the recorder really waits where a sample's server falls silent for good.
_SILENCE_SECONDS = 0.5
_KEY = b"0f1e2d3c4b5a69788796a5b4c3d2e1f0"
_KEYS = tuple(_KEY[:length].decode() for length in range(6, len(_KEY) + 1))
_MASK = re.compile(rb"\*{6,32}")


def is_played(rule: Rule, item: Sample) -> bool:
    """Whether a sample goes over the socket."""
    return (rule.id, item.title) not in NOT_PLAYED


def over_a_socket(item: Sample) -> Sample:
    """The sample as a recorder sees it on the wire."""
    lockstep = Lockstep()
    played = [_with_secrets(transcript) if transcript.masked_secrets else transcript for transcript in item.transcripts]
    http1 = [transcript for transcript in played if not _is_http2(transcript)]
    with ExitStack() as stack:
        url = stack.enter_context(Player(http1, pace=lockstep.start)) if http1 else ""
        connections = _Connections(http1)
        stack.callback(connections.close)
        recorded = [
            _over_http2(transcript, lockstep)
            if _is_http2(transcript)
            else _record(transcript, url, lockstep, connection=connections.of(transcript))
            for transcript in played
        ]
    before = over_a_socket(replace(item, transcripts=item.baseline, baseline=())).transcripts if item.baseline else ()
    return replace(item, transcripts=tuple(recorded), baseline=before)


def _is_http2(transcript: Transcript) -> bool:
    return transcript.head is not None and transcript.head.http_version == "HTTP/2"


def _over_http2(transcript: Transcript, lockstep: Lockstep) -> Transcript:
    with authority().cert_pem.tempfile() as ca_file, playing(transcript, lockstep) as url:
        return _record(transcript, url, lockstep, http2=True, ca_file=ca_file)


class _Connections:
    """Keeps the connection that carried a transcript for one that was recorded on it."""

    def __init__(self, played: Sequence[Transcript]) -> None:
        follows = {item.probe: probe.follows if (probe := load_probes().get(item.probe)) else None for item in played}
        on_kept = [item for item in played if follows[item.probe] is not None and item.phases.connected_ns is None]
        self._followers = {item.probe: follows[item.probe] for item in on_kept}
        self._kept: dict[str, KeptConnection] = {}

    def of(self, transcript: Transcript) -> KeptConnection | None:
        followed = self._followers.get(transcript.probe)
        if followed is not None:
            return self._kept[followed]
        if transcript.probe not in self._followers.values():
            return None
        self._close(transcript.probe)
        return self._kept.setdefault(transcript.probe, KeptConnection())

    def close(self) -> None:
        for probe in tuple(self._kept):
            self._close(probe)

    def _close(self, probe: str) -> None:
        if probe in self._kept:
            self._kept.pop(probe).close()


def _record(
    transcript: Transcript, url: str, lockstep: Lockstep, *, connection: KeptConnection | None = None, **options: Any
) -> Transcript:
    end, events = transcript.end, Evidence(transcript).events
    limits = RecordingLimits(
        silence_seconds=_SILENCE_SECONDS if end.ending is Ending.TIMED_OUT else 60,
        total_seconds=end.at_ns / _NS_PER_SECOND if end.ending is Ending.LIMIT_REACHED else 600,
    )
    recorder = Recorder(limits=limits, clock=lockstep.clock, **options)
    with lockstep.recording(transcript.phases.request_sent_ns or 0):
        recorded = recorder.record(
            transcript.probe,
            replace(transcript.request, url=url),
            secrets=_KEYS if transcript.masked_secrets else (),
            stop_after_events=len(events) if end.ending is Ending.ABANDONED else None,
            connection=connection,
        )
    # The player stands in for the recorded address, which some rules look at.
    return replace(recorded, request=replace(recorded.request, url=transcript.request.url))


def _with_secrets(transcript: Transcript) -> Transcript:
    """The transcript before its secrets were masked: a key in place of every mask."""
    request = transcript.request
    return replace(
        transcript,
        request=Request(
            method=request.method, url=request.url, headers=request.headers, body=_MASK.sub(_key, request.body)
        ),
        chunks=tuple(Chunk(at_ns=chunk.at_ns, data=_MASK.sub(_key, chunk.data)) for chunk in transcript.chunks),
    )


def _key(mask: re.Match[bytes]) -> bytes:
    return _KEY[: len(mask.group())]
