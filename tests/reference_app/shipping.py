"""What `fal deploy` would send of the application, and a stand-in for the machine that receives it.

python -m tests.reference_app.shipping FILE     write the application as fal serializes it
python shipping.py FILE PORT METRICS_PORT       serve it from there, as fal's agent does
"""

import asyncio
import os
import pickle
import sys
from pathlib import Path

_APP = "reference_app/app.py"


def send(parcel: Path) -> None:
    """Load and serialize the application with fal's own functions."""
    from fal.api import FalServerlessHost
    from fal.utils import load_function_from
    from isolate.connections.common import serialize_object

    loaded = load_function_from(FalServerlessHost(), _APP, "StreamSDXL")
    parcel.write_bytes(serialize_object("cloudpickle", loaded.function.func))


def receive(parcel: Path, port: int, metrics_port: int) -> None:
    """Serve what was sent. The current folder holds the app files."""
    sys.path.insert(0, str(Path.cwd()))
    os.environ["IS_ISOLATE_AGENT"] = "1"
    serve = pickle.loads(parcel.read_bytes())  # noqa: S301 - our own parcel
    asyncio.run(serve(exposed_port=port, exposed_metrics_port=metrics_port))


if __name__ == "__main__":
    file, *ports = sys.argv[1:]
    if ports:
        receive(Path(file), *map(int, ports))
    else:
        send(Path(file))
