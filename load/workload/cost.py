"""What a run will cost, before it starts: pictures, GPU time and money."""

from dataclasses import dataclass
from math import ceil

__all__ = ["Cost", "closed_cost", "open_cost"]

_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """About how much a run will use; a GPU that stays up between pictures costs more.

    Attributes:
        generations: How many pictures will be begun.
        gpu_seconds: For how long GPUs will be busy with them, or None where nobody said how long a picture takes.
        money: What that is at the price of an hour, or None where nobody said either.
    """

    generations: int
    gpu_seconds: float | None = None
    money: float | None = None


def closed_cost(
    *, users: int, run_seconds: float, image_seconds: float, gpus: int = 1, gpu_hour_price: float | None = None
) -> Cost:
    """What users cost who ask for the next picture as soon as they have the last.

    A GPU makes one picture at a time, and no more of them work than there are users; those begun at the end are
    finished. An endpoint that shares steps among streams makes more pictures in the same GPU time.

    Args:
        users: How many there are at the most.
        run_seconds: For how long they ask.
        image_seconds: How long a GPU takes for a picture.
        gpus: How many GPUs serve the endpoint.
        gpu_hour_price: What one of them costs an hour.

    Raises:
        ValueError: A picture takes no time, so that no number of them is an end.
    """
    if not image_seconds > 0:
        raise ValueError(f"a picture takes {image_seconds} s, expected more than 0 s")
    begun = ceil(min(users, gpus) * run_seconds / image_seconds) + users
    return _cost(begun, image_seconds, gpu_hour_price)


def open_cost(
    *, rate: float, run_seconds: float, image_seconds: float | None, gpu_hour_price: float | None = None
) -> Cost:
    """What a plan costs that is kept whatever the endpoint does.

    Args:
        rate: Streams a second.
        run_seconds: For how long streams are planned.
        image_seconds: How long a GPU takes for a picture, or None where nobody knows.
        gpu_hour_price: What a GPU costs an hour.
    """
    return _cost(ceil(rate * run_seconds), image_seconds, gpu_hour_price)


def _cost(generations: int, image_seconds: float | None, gpu_hour_price: float | None) -> Cost:
    if image_seconds is None:
        return Cost(generations=generations)
    gpu_seconds = generations * image_seconds
    money = None if gpu_hour_price is None else gpu_seconds * gpu_hour_price / _SECONDS_PER_HOUR
    return Cost(generations=generations, gpu_seconds=gpu_seconds, money=money)
