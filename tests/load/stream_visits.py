"""Streams of a real Locust process: one from each path, and over TLS."""

import json
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import trustme

from load.stream_row import StreamRow
from tests.load.locust_run import run_locust

__all__ = ["LOCUSTFILES", "serve_tls", "visit"]

LOCUSTFILES = Path(__file__).parent / "locustfiles"


def visit(folder: Path, origin: str, paths: Sequence[str], **options: Any) -> dict[str, StreamRow]:
    """The row of one stream from each path, read one after the other."""
    # A stream whose pictures are looked at is told of later than the next one.
    options = {"further_options": ("--look-at=0",), **options}
    run = run_locust(
        folder, origin, LOCUSTFILES / "every_path.py", run_seconds=30, payload=json.dumps(paths), **options
    )
    return dict(zip(paths, run.rows, strict=True))


def serve_tls(endpoint, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the stand-in a certificate for the name, from an authority that child processes trust."""
    authority = trustme.CA()
    endpoint.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(endpoint.tls)
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
