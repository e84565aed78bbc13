# SPDX-License-Identifier: Apache-2.0
"""The table on the terminal, the JSON, and the README's section, which report.py JSON README fills from a file."""

import datetime
import json
import os
import platform
import sys
from pathlib import Path

import plot

#: The group whose rows are different things, so that a ratio is meaningless.
RECORD = "for the record"


def machine():
    """The machine of the measurement."""
    lines = open("/proc/cpuinfo", encoding="utf-8").read().splitlines()
    cpu = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return {"cpu": cpu, "cores": len(os.sched_getaffinity(0)), "memory_gib": round(memory, 1),
            "kernel": ".".join(platform.release().split(".")[:2]), "load_before": round(os.getloadavg()[0], 2)}


def rounded(number, digits):
    return None if number is None else round(number, digits)


def shown(number, form):
    return "-" if number is None else format(number, form)


def document(groups, context):
    """The results as one JSON value. `groups` maps a heading to its series, opencode-docker's first."""
    rows = []
    for heading, series_list in groups.items():
        for series in series_list:
            rows.append({
                "group": heading, "name": series.name, "note": series.note, "median_seconds": round(series.median, 4),
                "seconds": [round(sample.seconds, 4) for sample in series.samples],
                "cpu_median_seconds": rounded(series.cpu_median, 4), "peak_mib": rounded(series.peak_mib, 1),
                "ratio": None if heading == RECORD else round(series.median / series_list[0].median, 2)})
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    return {"date": now, **context, "results": rows}


def table(result):
    """The same as text. A ratio above 1 means slower than the first row of the group."""
    host = result["machine"]
    lines = [f"{result['date']}, {host['cpu']}, {host['cores']} cores, {host['memory_gib']} GiB, Linux {host['kernel']}",
             f"{len(result['packages'])} packages asked for; median of the runs; load before: {host['load_before']}"]
    heading = None
    for row in result["results"]:
        if row["group"] != heading:
            heading = row["group"]
            lines += ["", f"{heading:<40} {'seconds':>9} {'ratio':>7} {'CPU s':>8} {'peak MiB':>9} {'runs':>5}"]
        lines.append(f"  {row['name']:<38} {row['median_seconds']:>9.3f} {shown(row['ratio'], '.2f'):>7} "
                     f"{shown(row['cpu_median_seconds'], '.2f'):>8} {shown(row['peak_mib'], '.0f'):>9} "
                     f"{len(row['seconds']):>5}" + (f"  {row['note']}" if row["note"] else ""))
    return "\n".join(lines + pulls(result) + growth(result)) + "\n"


def pulls(result):
    """Bytes to fetch after one package's update, for a client with the previous image."""
    rows = result.get("pulls", [])
    head = ["", f"{'a pull after an update (MB)':<40} {'pulled':>9} {'zstd':>9} {'package':>9} {'estimate':>9}"] if rows else []
    return head + [
        f"  {row['package']:<38} {row['exact'] / 1e6:>9.2f} {row['zstd'] / 1e6:>9.2f} {row['package_bytes'] / 1e6:>9.2f} {row['estimate'] / 1e6:>9.2f}"
        for row in rows]


def growth(result):
    """Cold builds by the number of packages."""
    rows = result.get("growth", [])
    head = ["", f"{'a cold build of so many packages':<40} {'seconds':>9} {'peak MiB':>9}"] if rows else []
    return head + [f"  {row['packages']:<38} {row['seconds']:>9.2f} {row['peak_mib']:>9.0f}" for row in rows]


#: The marks around the README's section.
MARKS = ("<!-- measured: filled by Benchmarks/run --readme -->\n", "<!-- end of measured -->\n")


def fill(readme, result):
    """Writes the results between the marks of `readme`, and the plot beside the documentation."""
    before, rest = readme.read_text().split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    (readme.parent / "docs/measured.svg").write_text(plot.svg(result))
    readme.write_text(before + MARKS[0] + markdown(result) + MARKS[1] + after)


def markdown(result):
    """The groups with a ratio as one table of Markdown, then the pulls."""
    host = result["machine"]
    lines = [f"{result['date'][:10]}, {host['cpu']}, {host['cores']} cores, {host['memory_gib']} GiB, Linux {host['kernel']}, "
             f"load before {host['load_before']}; runs of each build: {result['rounds']}, their median counts.", "",
             "| | | seconds | ratio | peak MiB |", "|---|---|--:|--:|--:|"]
    heading = None
    for row in result["results"]:
        if row["group"] == RECORD:
            continue
        first = row["group"] if row["group"] != heading else ""
        heading = row["group"]
        lines.append(f"| {first} | {row['name']} | {row['median_seconds']:.2f} | {shown(row['ratio'], '.2f')} "
                     f"| {shown(row['peak_mib'], '.0f')} |")
    if result.get("pulls"):
        lines += ["", "| a pull after an update (MB) | gzip: `docker pull` | zstd: `run`, `pull`, newer podman | the package itself |", "|---|--:|--:|--:|"]
        lines += [f"| {row['package']} | {row['exact'] / 1e6:.1f} | {row['zstd'] / 1e6:.1f} | {row['package_bytes'] / 1e6:.1f} |"
                  for row in result["pulls"]]
    return "\n".join([*lines, "", "![the same as a plot](docs/measured.svg)", ""])


if __name__ == "__main__":
    fill(Path(sys.argv[2]), json.loads(Path(sys.argv[1]).read_text()))
