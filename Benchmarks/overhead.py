#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much longer `opencode-docker run -- true` takes than the engine's own command line with the same arguments.

Paired: the two take turns, in an empty project, with a local image and no network, and the median of the differences is
what counts. The engine is Docker, wherever DOCKER_HOST leads.

    Benchmarks/overhead.py --tool .build/release/opencode-docker [--rounds 30] [--limit 60] [--json FILE]
"""
import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time


def seconds(command, folder):
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def measure(tool, rounds, folder):
    run = [tool, "run", "--quiet", "--engine", "docker", "--network", "none"]
    seconds([*run, "--", "true"], folder)  # Loads the image, where the engine does not have it.
    printed = subprocess.run([*run, "--dry-run", "--", "true"], cwd=folder, capture_output=True, text=True, check=True)
    bare = shlex.split(printed.stdout)
    name = bare.index("--name") + 1
    pairs = []
    for number in range(rounds):
        bare[name] = f"bare-{os.getpid()}-{number}"
        ours, theirs = ([*run, "--", "true"], bare)
        order = [ours, theirs] if number % 2 == 0 else [theirs, ours]
        times = [seconds(command, folder) for command in order]
        pairs.append(times if number % 2 == 0 else times[::-1])
    return pairs


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tool", required=True)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--limit", type=float, help="milliseconds; more is a failure")
    parser.add_argument("--json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if os.geteuid() == 0:
            os.chown(folder, 1000, 1000)  # The agent is never root, and a project of root's is warned of.
        pairs = measure(os.path.abspath(options.tool), options.rounds, folder)
    milliseconds = {
        "run": statistics.median(ours for ours, _ in pairs) * 1000,
        "engine": statistics.median(theirs for _, theirs in pairs) * 1000,
        "difference": statistics.median(ours - theirs for ours, theirs in pairs) * 1000,
    }
    for what, value in milliseconds.items():
        print(f"{what:12}{value:7.0f} ms")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"pairs": pairs, "median_ms": milliseconds}, file)
    return 1 if options.limit and milliseconds["difference"] > options.limit else 0


if __name__ == "__main__":
    sys.exit(main())
