"""The edge to the network: sockets and a clock in, transcripts out."""

from conformance.recorders.kept_connection import KeptConnection
from conformance.recorders.limits import RecordingLimits
from conformance.recorders.recorder import Recorder, RecordingObserver

__all__ = ["KeptConnection", "Recorder", "RecordingLimits", "RecordingObserver"]
