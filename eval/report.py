"""report.html: one self-contained page of an evaluation, a comparison or a ladder. What a model wrote is hostile: all
text is escaped, and the page's own policy lets no other script run and nothing be fetched."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval import page, rungs, worst
from eval.compare import Comparison, compare
from eval.results import PAGE, read_answers, read_results
from eval.sides import Side
from prep.files import write_text

_TEMPLATES = Path(__file__).parent / "templates"


def write_results(folder: Path) -> Path:
    """The page of a results folder, beside its results; returns its path. UserError for a folder that is none."""
    results, answers = read_results(folder), read_answers(folder)
    found = [
        Side(subject, folder, subject, results, [answer for answer in answers if answer.subject == subject])
        for subject in results["subjects"]
    ]
    if rungs.is_ladder(list(results["subjects"])):
        return ladder(folder, found)
    return write(folder / PAGE, found, compare([(found[0], other) for other in found[1:]]), title(found))


def ladder(folder: Path, found: Sequence[Side]) -> Path:
    """The page of a ladder: its answers first, and each rung against the tuned model."""
    compared = rungs.climb(found)
    question = f"{found[0].results.get('model') or folder.name}: does one need to fine-tune?"
    lead = [*(answer.text for answer in rungs.answers(compared)), *rungs.told(folder)]
    return write(folder / PAGE, found, compared, question, lead)


def title(found: Sequence[Side]) -> str:
    """The model where all are of one, and what is compared."""
    models = {str(side.results.get("model") or side.folder.name) for side in found}
    labels = [side.label for side in found]
    compared = f"{', '.join(labels[:-1])} and {labels[-1]}" if len(labels) > 1 else labels[0]
    return f"{models.pop()}: {compared}" if len(models) == 1 else compared


def write(
    path: Path, found: Sequence[Side], compared: Sequence[Comparison], headline: str, lead: Sequence[str] = ()
) -> Path:
    """`lead` are the sentences on top, in the place of a verdict for each task and pair."""
    from eval.tables import sentence

    verdicts = [f"{task.task}, {sentence(task, one)}" for one in compared for task in one.tasks]
    write_text(
        path,
        render(
            "results.html",
            title=page.visible(headline, 200),
            lead=[page.visible(line, 1000) for line in lead or verdicts],
            notes=[page.visible(note, 1000) for one in compared for note in one.notes],
            sides=found,
            tasks=page.tasks(found),
            compared=compared,
            speed=page.speed(found),
            worst=page.worst_answers(found),
            measure=worst.MEASURE,
            trained_on=page.trained_on(found[-1]),
            good=page.GOOD,
            facts=page.facts(found),
            data=_embedded(page.everything(found)),
        ),
    )
    return path


def render(template: str, **values: Any) -> str:
    """A page of templates/, with the styles and the script that it names in it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from eval.tables import number, probability

    script = (_TEMPLATES / "results.js").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"visible": page.visible, "number": number, "probability": probability}
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template(template).render(script=script, digest=digest, **values)


def _embedded(value: Any) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
