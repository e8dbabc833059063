"""The recipes for load from several machines."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.load.locust_options import locust_options

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "examples" / "load"


def commands() -> list[list[str]]:
    compose = yaml.safe_load((RECIPES / "compose.yaml").read_text())
    found = [service["command"] for service in compose["services"].values()]
    for part in yaml.safe_load_all((RECIPES / "kubernetes.yaml").read_text()):
        pod = part["spec"].get("template", {}).get("spec", {})
        found += [container["args"] for container in pod.get("containers", ())]
    return found


def test_the_compose_file_is_as_its_specification_says():
    """Held against the schema of the Compose specification."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, RECIPES / "compose.yaml"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_parts_of_the_kubernetes_file_find_each_other():
    """The service selects the master's pod, workers ask that service, and there are as many as the master expects."""
    service, job, workers = yaml.safe_load_all((RECIPES / "kubernetes.yaml").read_text())
    assert service["spec"]["selector"] == job["spec"]["template"]["metadata"]["labels"]
    worker = workers["spec"]["template"]["spec"]["containers"][0]
    assert f"--master-host={service['metadata']['name']}" in worker["args"]
    master = job["spec"]["template"]["spec"]["containers"][0]
    assert f"--expect-workers={workers['spec']['parallelism']}" in master["args"]
    assert master["ports"][0]["containerPort"] == service["spec"]["ports"][0]["port"]
    assert worker["image"] == master["image"]


def test_the_compose_file_starts_as_many_workers_as_the_master_expects():
    """Plain `up` is enough."""
    services = yaml.safe_load((RECIPES / "compose.yaml").read_text())["services"]
    assert f"--expect-workers={services['worker']['deploy']['replicas']}" in services["master"]["command"]


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_every_option_in_them_exists(arguments):
    """Locust with our scenario knows each of them."""
    named = {re.match(r"--[a-z-]+", argument)[0] for argument in arguments}
    assert named - locust_options() == set()


def test_the_scenarios_they_name_are_copied_into_the_image():
    """`/scenarios/NAME.py` is a file of load/scenarios."""
    named = {argument for arguments in commands() for argument in arguments if argument.startswith("--locustfile=")}
    assert {argument.removeprefix("--locustfile=/scenarios/") for argument in named} == {"steady.py"}
    assert (ROOT / "load" / "scenarios" / "steady.py").exists()
    assert "cp -r /source/load/scenarios /scenarios" in (RECIPES / "Dockerfile").read_text()
