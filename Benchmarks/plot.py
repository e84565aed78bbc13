# SPDX-License-Identifier: Apache-2.0
"""The results as one SVG: bars for the builds, side by side, and the sizes of pulls."""

from html import escape

WIDTH, LABEL, BAR, GAP = 760, 230, 18, 8
GROUPS = ["a build with the packages at hand", "a build after one package's update", "a build when nothing changed"]
OURS, OTHERS = "#2f6f4f", "#9aa5b1"


def svg(result):
    """The document; numbers are beside the bars, so that no axis is needed."""
    parts, y = [], 30
    for heading in GROUPS:
        rows = [(row["name"], row["median_seconds"], f"{row['median_seconds']:.2f} s")
                for row in result["results"] if row["group"] == heading]
        y = block(parts, y, heading, rows)
    rows = [(row["package"], row["exact"] / 1e6, f"{row['exact'] / 1e6:.2f} MB") for row in result.get("pulls", [])]
    y = block(parts, y, "a pull after one package's update", rows, ours=True)
    rows = [(f"{row['packages']} packages", row["seconds"], f"{row['seconds']:.1f} s") for row in result.get("growth", [])]
    y = block(parts, y, "a cold build by the number of packages", rows, ours=True)
    host = result["machine"]
    parts.append(text(10, y + 10, f"{result['date'][:10]}, {host['cpu']}, {host['cores']} cores", "#666", 11))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y + 24}" font-family="sans-serif">\n'
            f'<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n")


def block(parts, y, heading, rows, ours=False):
    """Draws one group below `y` and returns the position of the next one."""
    if not rows:
        return y
    parts.append(text(10, y, heading, "#222", 14, "bold"))
    y += 12
    most = max(value for _, value, _ in rows) or 1
    for name, value, label in rows:
        width = max(2, value / most * (WIDTH - LABEL - 100))
        colour = OURS if ours or name.startswith("opencode-docker") else OTHERS
        parts.append(text(20, y + 13, name, "#222", 12))
        parts.append(f'<rect x="{LABEL}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>')
        parts.append(text(LABEL + width + 6, y + 13, label, "#222", 12))
        y += BAR + GAP
    return y + 24


def text(x, y, words, colour, size, weight="normal"):
    """A line of text."""
    return f'<text x="{x:.1f}" y="{y}" fill="{colour}" font-size="{size}" font-weight="{weight}">{escape(words)}</text>'
