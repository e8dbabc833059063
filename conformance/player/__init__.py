"""The other edge to the network: transcripts in, their bytes on a socket again, at their instants."""

from conformance.core import Recut
from conformance.player.pace import Pace
from conformance.player.player import Player

__all__ = ["Pace", "Player", "Recut"]
