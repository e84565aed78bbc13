#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much longer `opencode-docker run -- true` takes than the engine's own command line with the same arguments.

Both run in turns, in an empty project, with a local image and no network; the result is the median of the
differences. The engine is the Docker of DOCKER_HOST. Processor time is that of the launcher and the engine's
client, and distinguishes the two on a busy machine as well.

    Benchmarks/overhead.py --tool .build/release/opencode-docker [--rounds 30] [--limit 60] [--json FILE]
"""
import argparse
import json
import os
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time


def processor_time():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def seconds(command, directory):
    """Elapsed and processor time of a command."""
    start, used = time.perf_counter(), processor_time()
    subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start, processor_time() - used


def medians(pairs):
    """In milliseconds: the launcher's, the engine's, and the difference, pair by pair."""
    columns = {"run": [a for a, _ in pairs], "engine": [b for _, b in pairs], "difference": [a - b for a, b in pairs]}
    return {name: statistics.median(values) * 1000 for name, values in columns.items()}


def measure(tool, rounds, directory):
    run = [tool, "run", "--quiet", "--engine", "docker", "--network", "none"]
    seconds([*run, "--", "true"], directory)  # Loads the image, if the engine does not have it.
    printed = subprocess.run([*run, "--dry-run", "--", "true"], cwd=directory, capture_output=True, text=True, check=True)
    bare = shlex.split(printed.stdout)
    name = bare.index("--name") + 1
    pairs = []
    for number in range(rounds):
        bare[name] = f"bare-{os.getpid()}-{number}"
        ours, theirs = ([*run, "--", "true"], bare)
        order = [ours, theirs] if number % 2 == 0 else [theirs, ours]
        times = [seconds(command, directory) for command in order]
        pairs.append(times if number % 2 == 0 else times[::-1])
    return pairs


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tool", required=True)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--limit", type=float, help="milliseconds; more is a failure")
    parser.add_argument("--json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        if os.geteuid() == 0:
            os.chown(directory, 1000, 1000)  # The agent is never root, and a project that root owns gives a warning.
        pairs = measure(os.path.abspath(options.tool), options.rounds, directory)
    milliseconds = medians([(ours[0], theirs[0]) for ours, theirs in pairs])
    processor = medians([(ours[1], theirs[1]) for ours, theirs in pairs])
    print(f"{'':12}{'elapsed':>10}{'processor':>12}")
    for what, value in milliseconds.items():
        print(f"{what:12}{value:7.0f} ms{processor[what]:9.0f} ms")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"pairs": pairs, "median_ms": milliseconds, "processor_ms": processor}, file)
    return 1 if options.limit and milliseconds["difference"] > options.limit else 0


if __name__ == "__main__":
    sys.exit(main())
