"""Made-up histories: seeded series with steps where a test wants them."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from load.trend.sensitivity import Sensitivity
from load.trend.series import Series, Subject, TrendPoint, Trust
from load.trend.trend import Trend

__all__ = ["ENDPOINT", "a_series", "a_trend", "points"]

ENDPOINT = "https://example.com/stream"
_START = datetime(2026, 11, 1, 12, tzinfo=UTC)


def points(
    values: list[float], *, trust: dict[int, Trust] | None = None, has_commits: bool = True
) -> tuple[TrendPoint, ...]:
    """One run a day; commit c7 was deployed in run r7."""
    trusts = trust or {}
    return tuple(
        TrendPoint(
            at=(_START + timedelta(days=place)).isoformat(),
            run_id=f"r{place}",
            commit=f"c{place}" if has_commits else "",
            value=value,
            trust=trusts.get(place, Trust.COUNTED),
        )
        for place, value in enumerate(values)
    )


def a_series(
    *,
    level: float = 0.8,
    step: float = 1.0,
    before: int = 20,
    after: int = 10,
    spread: float = 0.01,
    seed: int = 0,
    figure: str = "ttfp_median",
    hardware: str = "H100",
    trust: dict[int, Trust] | None = None,
) -> Series:
    """Runs with a spread between them, and a step that stays."""
    draw = random.Random(seed)
    values = [level * (1.0 if run < before else step) * draw.lognormvariate(0, spread) for run in range(before + after)]
    return Series(
        subject=Subject(figure=figure, scenario="steady", endpoint=ENDPOINT),
        hardware=hardware,
        points=points(values, trust=trust),
    )


def a_trend(**wanted: Any) -> Trend:
    """Such a series, looked through."""
    return Trend.of(a_series(**wanted), Sensitivity())
