"""What a run would cost, said before it costs anything."""

import pytest

from load.dry_run import dry_run_text
from load.errors import UsageError


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        ({}, ["up to 4 at a time for 60 s", "cost: not known; say --image-seconds"]),
        ({"image_seconds": 3.0}, ["about 84 generations, 252 GPU seconds"]),
        ({"image_seconds": 3.0, "gpus": 1, "gpu_hour_price": 3.6}, ["about 24 generations, 72 GPU seconds, 0.07 at"]),
        ({"further_options": ("--rate", "2")}, ["2 streams a second", "about 120 generations, GPU time not known"]),
        ({"further_options": ("--rate=0.5",), "image_seconds": 2.0}, ["about 30 generations, 60 GPU seconds"]),
        ({"scenario": "arrivals"}, ["1 streams a second", "about 60 generations"]),
    ],
)
def test_generations_gpu_time_and_money(settings, lines):
    """What is known is reckoned; what is not known is named, with the option that tells."""
    settings = {"scenario": "steady", **settings}
    text = dry_run_text(endpoint="https://fal.run/a/b/stream", users=4, seconds=60, **settings)
    assert text.endswith("\nNothing was sent.")
    assert all(line in text for line in lines), text


@pytest.mark.parametrize("options", [("--rate",), ("--rate", "fast"), ("--rate=",)])
def test_a_rate_that_is_no_number_is_refused(options):
    """Before anything is reckoned with it."""
    with pytest.raises(UsageError, match="expected a number of streams a second"):
        dry_run_text(scenario="arrivals", endpoint="http://a", users=1, seconds=1, further_options=options)
