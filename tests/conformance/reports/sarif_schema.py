"""The JSON Schema of SARIF 2.1.0, out of a package that Microsoft publishes on npm."""

import json
import shutil
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

__all__ = ["sarif_schema"]

_PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
_MEMBER = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
_PATIENCE_SECONDS = 100


@cache
def sarif_schema() -> dict[str, Any]:
    """The schema (draft 04); skips the test where npm is missing."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, from which the schema of SARIF comes")
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", _PACKAGE, "--silent"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=_PATIENCE_SECONDS)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as members:
            file = members.extractfile(_MEMBER)
            assert file is not None
            schema: dict[str, Any] = json.load(file)
    return schema
