"""The edge to the network: sockets and a clock in, transcripts out."""

from conformance.recorders.limits import RecordingLimits
from conformance.recorders.recorder import Recorder, RecordingObserver

__all__ = ["Recorder", "RecordingLimits", "RecordingObserver"]
