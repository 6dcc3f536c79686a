"""lengths.svg, written by hand: the same bytes with any version of any library, and no half second to load one."""

from __future__ import annotations

from collections import Counter
from html import escape

LOW, HIGH = 4, 14  # bins double: up to 16 tokens, up to 32, ... , 8,192 and more
WIDTH, ROW, LEFT, TOP = 760, 150, 24, 52
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")  # Okabe and Ito: apart for colour-blind readers too
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#24292f}.small{font-size:11px;fill:#57606a}.head{font-size:16px;"
    "font-weight:600}line{stroke:#8c959f}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9da7b1}}"
)


def lengths_svg(lengths: dict[str, list[int]], counted: str) -> str:
    """One row of bars for each task: how many examples have how many tokens, and how they were counted."""
    height = TOP + ROW * len(lengths) + 28
    summary = "; ".join(f"{task}: {describe(values)}" for task, values in sorted(lengths.items()))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        ' role="img" aria-labelledby="t d">',
        f'<title id="t">Tokens per example</title><desc id="d">{escape(summary)}</desc>',
        f"<style>{STYLE}</style>",
        f'<text class="head" x="{LEFT}" y="28">Tokens per example, {escape(counted)}</text>',
    ]
    for at, (task, values) in enumerate(sorted(lengths.items())):
        parts += _row(task, values, TOP + ROW * at, COLOURS[at % len(COLOURS)])
    note = "each bar holds lengths from its label up to the next; each is twice as wide as the one before"
    parts += [f'<text class="small" x="{LEFT}" y="{height - 8}">{note}</text>', "</svg>", ""]
    return "\n".join(parts)


def describe(lengths: list[int]) -> str:
    ordered = sorted(lengths)
    middle = ordered[len(ordered) // 2]
    return f"{len(ordered):,} examples, {ordered[0]:,} to {ordered[-1]:,} tokens, median {middle:,}"


def _row(task: str, values: list[int], top: int, colour: str) -> list[str]:
    counts = Counter(min(max(value.bit_length() - 1, LOW - 1), HIGH - 1) for value in values)
    step, tallest, base = (WIDTH - 2 * LEFT) // (HIGH - LOW + 1), max(counts.values()), top + ROW - 38
    parts = [f'<text x="{LEFT}" y="{top + 14}">{escape(task)}: {describe(values)}</text>']
    for at, bin_ in enumerate(range(LOW - 1, HIGH)):
        x = LEFT + at * step
        if count := counts[bin_]:
            bar = max(2, round(count / tallest * 62))
            at_top, middle = base - bar, x + step // 2
            parts.append(f'<rect x="{x + 3}" y="{at_top}" width="{step - 6}" height="{bar}" rx="2" fill="{colour}"/>')
            parts.append(f'<text class="small" x="{middle}" y="{at_top - 4}" text-anchor="middle">{count:,}</text>')
        edge = "0" if bin_ < LOW else f"{2**bin_:,}" + ("+" if bin_ == HIGH - 1 else "")
        parts.append(f'<text class="small" x="{x + 3}" y="{base + 15}">{edge}</text>')
    return [*parts, f'<line x1="{LEFT}" y1="{base}" x2="{WIDTH - LEFT}" y2="{base}"/>']
