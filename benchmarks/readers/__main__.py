"""Compares readers of event streams: how late their stamps are, what an event costs, how many they can read.

Events of 50 kB every 100 or 200 ms, one reading process on a processor of its own. Readers take turns, and each figure
is the median of the rounds: with other work on the machine, ratios of one run say more than figures of two.

    python -m benchmarks.readers [--quick] [--realtime] [--rounds 3]
"""

import argparse
from collections.abc import Iterable
from statistics import median

from benchmarks.readers.contest import BARE, READERS, Contest
from load.calibration.capacity_search import CapacitySearch
from load.calibration.stamp_report import StampReport
from load.envelope import LARGEST_ERROR_MS

_CADENCE_MS = 200.0
_SHORT_CADENCE_MS = 100.0
_HTTP_USER = "HttpUser iter_lines"
# As many as it keeps up with; with more, its own queue makes it late.
_FEW_USERS = 20


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few seconds: does it run at all")
    parser.add_argument("--realtime", action="store_true", help="go before other work on the machine, where allowed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-limits", action="store_true", help="skip the search for each reader's limit")
    options = parser.parse_args()
    if options.quick:
        contest = Contest(event_bytes=5_000, events=4, seconds=1)
        _compare(contest, users=2, rounds=1, cadence_ms=20.0, readers=("ours, precise", "ours, fast", BARE))
        return
    contest = Contest(is_realtime=options.realtime)
    for users in (1, _FEW_USERS, 200, 500):
        _compare(contest, users=users, rounds=options.rounds, cadence_ms=_CADENCE_MS, readers=READERS)
    for users in (200, 500):
        _compare(contest, users=users, rounds=options.rounds, cadence_ms=_SHORT_CADENCE_MS, readers=READERS)
    if not options.without_limits:
        _limits(contest)


def _compare(contest: Contest, *, users: int, rounds: int, cadence_ms: float, readers: tuple[str, ...]) -> None:
    reports: dict[str, list[StampReport]] = {reader: [] for reader in readers}
    for _ in range(rounds):
        for reader in readers:
            reports[reader].append(contest.run(reader, users=users, cadence_ms=cadence_ms))
    bare = _median(report.processor_seconds_per_10000 for report in reports[BARE])
    print(f"\n{users} streams, {users * 1000 / cadence_ms:.0f} events/s offered; errors p50 / p99 in ms")
    print(f"{'reader':26} {'events/s':>8} {'reader':>17} {'kernel':>15} {'CPU s/10k':>9} {'ratio':>6}")
    for reader, of_reader in reports.items():
        cost = _median(report.processor_seconds_per_10000 for report in of_reader)
        print(
            f"{reader:26} {_median(r.events_per_second for r in of_reader) or 0:8.0f}"
            f" {_pair(of_reader, 'reader'):>17} {_pair(of_reader, 'kernel'):>15} {cost or 0:9.2f}"
            f" {cost / bare if cost and bare else 0:6.2f}",
            flush=True,
        )


def _limits(contest: Contest) -> None:
    print(f"\nMost events/s with errors below {LARGEST_ERROR_MS:g} ms (p99), every {_SHORT_CADENCE_MS:g} ms a stream")
    for reader in READERS:
        if reader.startswith("FastHttpUser"):
            print(f"{reader:26}        0, since each event waits for the next", flush=True)
            continue
        search = CapacitySearch(first_users=10 if reader == _HTTP_USER else 200, most_users=2000, most_trials=7)
        best = 0.0
        while (users := search.next_users) is not None:
            report = contest.run(reader, users=users, cadence_ms=_SHORT_CADENCE_MS)
            p99_ms, offered = report.reader_p99_ms, users * 1000 / _SHORT_CADENCE_MS
            is_well = p99_ms is not None and p99_ms <= LARGEST_ERROR_MS and report.events_per_second >= 0.95 * offered
            best = max(best, report.events_per_second if is_well else 0.0)
            search.tell(users, is_well=is_well)
        print(f"{reader:26} {best:8.0f}", flush=True)


def _pair(reports: list[StampReport], who: str) -> str:
    values = [_median(getattr(report, f"{who}_{which}_ms") for report in reports) for which in ("p50", "p99")]
    return " / ".join("-" if value is None else f"{value:.3f}" for value in values)


def _median(values: Iterable[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return median(there) if there else None


if __name__ == "__main__":
    _main()
