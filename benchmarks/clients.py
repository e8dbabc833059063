"""What the verdicts of the official clients add to a check, in seconds.

    python benchmarks/clients.py [--rounds 7]

A recorded stream of 2 MB (20 pictures as data URIs, in pieces of 64 KiB) is judged in processes of their own, in turns
with the clients of the default profile and without any. The time of the first judging counts, as in a check from the
command line: the import of httpx-sse, with which fal_client reads, is part of it. The median of the differences of
neighbours is compared with the limit.
"""

import argparse
import statistics
import subprocess
import sys

LIMIT_SECONDS = 0.2

PROGRAM = """
import os, sys, time
from dataclasses import replace
from conformance.catalogue import load_catalogue
from conformance.judging.evaluation import evaluate
from conformance.profiles.profile_file import load_profile
from conformance.samples import event, final, picture, preview, stream

profile = load_profile("fal-image")
if sys.argv[1] == "without":
    profile = replace(profile, conventions=replace(profile.conventions, clients=()))
load_catalogue()
pictures = [picture(os.urandom(75_000)) for _ in range(20)]
events = [event(preview(step, 20, image=item)) for step, item in enumerate(pictures[:-1], 1)]
body = b"".join([*events, event(final(images=pictures[-1:]))])
recorded = stream(*(body[start : start + 65_536] for start in range(0, len(body), 65_536)), every_ms=100)
started = time.perf_counter()
report = evaluate([recorded], profile)
print(time.perf_counter() - started, len(body), len(report.clients))
"""


def measure(kind: str) -> tuple[float, int, int]:
    """Seconds of one judging in a new process, bytes of the stream, clients in the report."""
    command = [sys.executable, "-c", PROGRAM, kind]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own program
    seconds, size, clients = done.stdout.split()
    return float(seconds), int(size), int(clients)


def main() -> None:
    """Measure in turns and print the ratio to the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="pairs of processes (default: 7)")
    rounds = [(measure("without"), measure("with")) for _ in range(parser.parse_args().rounds)]
    (_, size, none), (_, _, clients) = rounds[0]
    print(f"a stream of {size / 1e6:.2f} MB, {len(rounds)} rounds; {none} clients without, {clients} with")
    for name, place in (("without", 0), ("with", 1)):
        print(f"{name:>8}  {statistics.median(pair[place][0] for pair in rounds):.3f} s")
    added = statistics.median(pair[1][0] - pair[0][0] for pair in rounds)
    print(f"   added  {added:.3f} s, {added / LIMIT_SECONDS:.2f} of the limit of {LIMIT_SECONDS} s")


if __name__ == "__main__":
    main()
