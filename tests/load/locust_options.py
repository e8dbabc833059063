"""The options that Locust has with our scenarios, asked in a process of its own: Locust patches whoever imports it."""

import subprocess
import sys
from functools import cache
from pathlib import Path

__all__ = ["locust_options"]

ROOT = Path(__file__).parents[2]
_CODE = """
from importlib import import_module
from pathlib import Path
from locust.argument_parser import get_parser
for scenario in Path("load/scenarios").glob("[a-z]*.py"):
    import_module(f"load.scenarios.{scenario.stem}")
print(" ".join(option for action in get_parser()._actions for option in action.option_strings))
"""


@cache
def locust_options() -> frozenset[str]:
    """Such as ``--headless`` and ``--rate``."""
    command = [sys.executable, "-c", _CODE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return frozenset(done.stdout.split())
