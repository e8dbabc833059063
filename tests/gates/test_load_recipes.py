"""The recipes for load from several machines."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

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
    """The service selects the job's pod, workers ask that service, and every selector matches its template."""
    service, job, deployment = yaml.safe_load_all((RECIPES / "kubernetes.yaml").read_text())
    assert service["spec"]["selector"] == job["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == deployment["spec"]["template"]["metadata"]["labels"]
    worker = deployment["spec"]["template"]["spec"]["containers"][0]
    assert f"--master-host={service['metadata']['name']}" in worker["args"]
    master = job["spec"]["template"]["spec"]["containers"][0]
    assert f"--expect-workers={deployment['spec']['replicas']}" in master["args"]
    assert master["ports"][0]["containerPort"] == service["spec"]["ports"][0]["port"]


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_every_option_in_them_exists(arguments):
    """Locust with our scenario knows each of them."""
    code = (
        "from locust.argument_parser import get_parser\n"
        "import load.scenario\n"
        "parser = get_parser()\n"
        "print(' '.join(option for action in parser._actions for option in action.option_strings))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    named = {re.match(r"--[a-z-]+", argument)[0] for argument in arguments}
    assert named - set(done.stdout.split()) == set()


def test_the_scenarios_they_name_are_copied_into_the_image():
    """`/scenarios/NAME.py` is a file of load/scenarios."""
    named = {argument for arguments in commands() for argument in arguments if argument.startswith("--locustfile=")}
    assert {argument.removeprefix("--locustfile=/scenarios/") for argument in named} == {"steady.py"}
    assert (ROOT / "load" / "scenarios" / "steady.py").exists()
    assert "cp -r /source/load/scenarios /scenarios" in (RECIPES / "Dockerfile").read_text()
