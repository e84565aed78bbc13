# SPDX-License-Identifier: Apache-2.0
"""Runs commands and measures their cost."""

import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field


class Failure(Exception):
    """A measured command failed; the text is its last lines."""


@dataclass
class Sample:
    """One run: wall time, CPU time of all its processes, and the resident set of the largest (as /usr/bin/time -v)."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    output: str


@dataclass
class Series:
    """Repeated runs of one command."""

    name: str
    samples: list = field(default_factory=list)
    note: str = ""
    #: Whether the process itself does the work, so that its CPU time and memory are meaningful.
    own_work: bool = True

    @property
    def median(self):
        return statistics.median(sample.seconds for sample in self.samples)

    @property
    def cpu_median(self):
        return statistics.median(sample.cpu_seconds for sample in self.samples) if self.own_work else None

    @property
    def peak_mib(self):
        return max(sample.peak_mib for sample in self.samples) if self.own_work else None


def settle():
    """Waits for the minute in which ext4 does not reuse the inodes of removed files, and skips each (EXT4_RECENTCY)."""
    time.sleep(65)


def run(command, cwd=None, env=None):
    """Runs `command` and returns a `Sample`; raises `Failure` when its status is not 0."""
    with tempfile.TemporaryFile("w+", errors="replace") as talk:
        begin = time.monotonic()
        process = subprocess.Popen(
            [str(word) for word in command], cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=talk, text=True, errors="replace")
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        if process.returncode != 0:
            talk.seek(0)
            tail = "\n".join((output + talk.read()).splitlines()[-12:])
            raise Failure(f"{' '.join(str(word) for word in command[:6])} … ended with status {process.returncode}:\n{tail}")
    return Sample(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)
