"""outputs/demo/report.html: one self-contained page, the numbers, the curve, held-out samples, the commands."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.run import answers
from ft import runs
from prep.files import write_text

HONEST = (
    "This tiny model proves the way, not the quality: every step ran for real, and its answers are as poor as "
    "4 million parameters make them."
)
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Facts:
    """What the page and the terminal both say."""

    headline: list[tuple[str, str]]
    run: dict[str, Any]
    verified: dict[str, Any]
    results: dict[str, Any]


def facts(run: Path, evaluation: Path) -> Facts:
    """Read from the files that the stages wrote; nothing is measured here."""
    record = runs.read(run)
    verified = json.loads((run / "verify.json").read_text(encoding="utf-8"))
    results = json.loads((evaluation / "results.json").read_text(encoding="utf-8"))
    loss = results["tasks"]["ahk_loss"]
    bits, perplexity = loss["metrics"]["bits_per_byte"], loss["metrics"]["perplexity"]
    gap = verified["gaps"]["merged - adapter"]
    headline = [
        ("held-out bits per byte", f"{bits['base']:.3f} -> {bits['tuned']:.3f}"),
        ("held-out perplexity", f"{perplexity['base']:.1f} -> {perplexity['tuned']:.1f} per token"),
        ("held-out examples", str(loss["n"])),
        ("training", f"{record['steps']} steps, {record['tokens']:,} tokens, {record['seconds']:.0f} s"),
        ("merge", f"largest logit difference {gap['max_logit']:.1g}, same token at {gap['agreement']:.1%}"),
    ]
    return Facts(headline, record, verified, results)


def write(run: Path, evaluation: Path, demo: dict[str, Any]) -> Path:
    """Render the page; returns its path."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    found = facts(run, evaluation)
    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template("demo.html").render(
        facts=found,
        demo=demo,
        honest=HONEST,
        curve=curve(runs.progress(run)),
        samples=answers(evaluation, "ahk_samples"),
    )
    write_text(run / "report.html", page)
    return run / "report.html"


def curve(rows: list[dict[str, Any]]) -> str:
    """The loss curve as inline SVG; text inherits the page's colour."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with pyplot.rc_context({"svg.fonttype": "none", "font.family": "sans-serif", "svg.hashsalt": "kit"}):
        figure, axes = pyplot.subplots(figsize=(8, 3.2), layout="constrained")
        axes.plot(*zip(*runs.losses(rows, "loss"), strict=True), color="#2563eb", lw=1.6, label="training")
        held = list(runs.losses(rows, "eval_loss"))
        if held:
            axes.plot(*zip(*held, strict=True), color="#d97706", lw=2, marker="o", label="validation")
        axes.set(xlabel="step", ylabel="loss, nats per token")
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None})
        pyplot.close(figure)
    svg = text.getvalue()
    return svg[svg.index("<svg") :]
