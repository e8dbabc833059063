"""What a scenario is built on: ``from load.scenario import StreamUser``.

Whatever goes with a run is imported here, to listen to Locust's events: rows are kept and judged, the server's side is
asked, the live tab is added to Locust's page, and OpenTelemetry is told where Locust was told to.
"""

from load.server_side import sampling  # noqa: F401
from load.streaming import gate, interruption, run_lifecycle  # noqa: F401
from load.streaming.pacing import host_check  # noqa: F401
from load.streaming.users.stream_user import StreamUser
from load.telemetry import export  # noqa: F401
from load.web import streaming_tab  # noqa: F401

__all__ = ["StreamUser"]
