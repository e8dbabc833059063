"""What a run would send and cost, said without sending anything."""

from collections.abc import Sequence
from itertools import pairwise

from load.errors import UsageError
from load.workload.arrivals import DEFAULT_RATE
from load.workload.cost import Cost, closed_cost, open_cost

__all__ = ["dry_run_text"]

_OPEN = "arrivals"


def dry_run_text(
    *,
    scenario: str,
    endpoint: str,
    users: int,
    seconds: int,
    further_options: Sequence[str] = (),
    image_seconds: float | None = None,
    gpus: int | None = None,
    gpu_hour_price: float | None = None,
) -> str:
    """A few lines for people.

    Where nobody says how many GPUs there are, each user is taken to have one, as on an endpoint that scales out.

    Args:
        scenario: The scenario's name.
        endpoint: The URL.
        users: How many users at the most.
        seconds: For how long streams are started.
        further_options: What the scenario is told; a ``--rate`` among them makes the workload open.
        image_seconds: How long a GPU takes for a picture, or None where nobody knows.
        gpus: How many GPUs serve the endpoint.
        gpu_hour_price: What one of them costs an hour.

    Raises:
        UsageError: The rate is no number.
    """
    rate = _rate(scenario, further_options)
    cost: Cost | None = None
    if rate is not None:
        cost = open_cost(rate=rate, run_seconds=seconds, image_seconds=image_seconds, gpu_hour_price=gpu_hour_price)
    elif image_seconds is not None:
        cost = closed_cost(
            users=users,
            run_seconds=seconds,
            image_seconds=image_seconds,
            gpus=gpus or users,
            gpu_hour_price=gpu_hour_price,
        )
    shape = f"{rate:g} streams a second" if rate is not None else f"up to {users} at a time"
    return f"{scenario} on {endpoint}: {shape} for {seconds} s\n{_cost_text(cost)}\nNothing was sent."


def _rate(scenario: str, options: Sequence[str]) -> float | None:
    for option, following in pairwise((*options, "")):
        name, _, value = option.partition("=")
        if name == "--rate":
            return _number(value or following)
    return DEFAULT_RATE if scenario == _OPEN else None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"--rate is {text!r}, expected a number of streams a second") from None


def _cost_text(cost: Cost | None) -> str:
    if cost is None:
        return "cost: not known; say --image-seconds, how long a GPU takes for a picture"
    words = [f"about {cost.generations} generations"]
    words.append(
        "GPU time not known; say --image-seconds" if cost.gpu_seconds is None else f"{cost.gpu_seconds:.0f} GPU seconds"
    )
    if cost.money is not None:
        words.append(f"{cost.money:.2f} at the price of an hour that was given")
    return f"cost: {', '.join(words)}"
