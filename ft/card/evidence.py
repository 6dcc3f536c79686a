"""What was measured of a model, in tables: evaluation, parity, the answers to the golden prompts."""

from __future__ import annotations

import html
from collections import Counter
from typing import TYPE_CHECKING

from ft.card import markdown, portable, proof
from ft.card.evaluated import Measure, number
from ft.card.markdown import code, plain, table

if TYPE_CHECKING:
    from ft.card.modelcard import Known

_FOLDED = 700  # characters of an answer that is shown open
_LOADS = {True: "code loads", False: "code does not load", None: "no code judged"}


def evaluated(found: Known) -> str:
    rows = [
        [_measure(one), *(_with_bounds(one, side) for side in ("base", "tuned"))] for one in found.evaluation.measures
    ]
    return table(["measure", "base", "tuned"], rows) if rows else ""


def of_files(found: Known) -> str:
    """What was measured of the GGUF files themselves."""
    rows = [
        [f"{code(form)} {_measure(one)}", _with_bounds(one, form)]
        for one in found.evaluation.files
        for form in one.values
    ]
    return table(["file and measure", "value"], rows) if rows else ""


def _measure(one: Measure) -> str:
    better = f", {one.better} is better" if one.better else ""
    return f"{plain(one.task)}: {plain(one.metric)}, {one.items:,} items{better}"


def _with_bounds(one: Measure, side: str) -> str:
    bounds = one.bounds.get(side)
    told = f" ({number(bounds[0])} to {number(bounds[1])})" if bounds else ""
    return number(one.values.get(side)) + told


def limited(found: Known) -> str:
    measures = [*found.evaluation.measures, *found.evaluation.files]
    few = dict.fromkeys(one.task for one in measures if one.limit is not None)
    return f"Only a part of the items of {', '.join(map(code, few))} was asked (`--limit`)." if few else ""


def parity(found: Known) -> str:
    """The hops between models, in numbers."""
    rows = [
        [
            plain(row.hop.removesuffix(" logits")),
            f"{row.distance['max_logit']:.2g}",
            f"{row.distance['kl']:.2g}",
            f"{row.distance['agreement']:.1%}",
            f"{row.distance['carried']:.1%}",
        ]
        for row in found.proof.rows
        if row.distance
    ]
    return table(["model", "largest difference", "KL", "same token", "of the training"], rows) if rows else ""


def hops(found: Known) -> str:
    """Every hop in words."""
    rows = [
        [plain(row.hop), ("**FAILED**: " if row.failed else "") + plain(portable.text(row.found))]
        for row in found.proof.rows
    ]
    return table(["hop", "found"], rows, text=2) if rows else ""


def whose(found: Known) -> str:
    """Whose answers they are, and how many of them ended and load."""
    golden = any(one.source.startswith("configs/golden/") for one in found.proof.asked)
    prompts = "The golden prompts" if golden else "Questions that were held out"
    merged = found.kind in ("vllm", "adapter")
    words = f"{prompts}, as {'the merged model answers them' if merged else 'the very files here answer them'}"
    words += ", the likeliest token each time." if merged else " through llama.cpp, the likeliest token each time."
    words += " What is here, the adapter, was not asked itself." if found.kind == "adapter" else ""
    counts: dict[str, Counter[str]] = {}
    for one in found.proof.asked:
        for answer in one.answers:
            for form in answer.forms:
                count = counts.setdefault(form, Counter())
                count.update(["asked", "ended" if answer.stopped else "not", _LOADS[answer.loads]])
    names = ["asked", "ended", *_LOADS.values()]
    rows = [[code(form), *(str(count[name]) for name in names)] for form, count in counts.items()]
    return f"{words}\n\n{table(['model', 'asked', 'ended by itself', *_LOADS.values()], rows)}" if rows else words


def asked(number: int, one: proof.Asked) -> str:
    parts = [f"**Prompt {number}** ({code(portable.text(one.source))})" if one.source else f"**Prompt {number}**"]
    parts.append(markdown.fenced(one.prompt))
    for answer in one.answers:
        head = f"{', '.join(answer.forms)}: {_marks(answer)}"
        if len(answer.text) > _FOLDED or answer.text.count("\n") > 20:
            line = " ".join(markdown.visible(head, 400).split())  # a line that is empty would end the element
            summary = f"<summary>{html.escape(line)}</summary>"
            parts.append(f"<details>\n{summary}\n\n{markdown.fenced(answer.text)}\n\n</details>")
        elif not answer.text.strip():
            parts.append(f"{plain(head)}\n\nAn empty answer.")
        else:
            parts.append(f"{plain(head)}\n\n{markdown.fenced(answer.text)}")
    return "\n\n".join(parts)


def _marks(answer: proof.Answer) -> str:
    ended = "ended by itself" if answer.stopped else "DID NOT END by itself"
    why = portable.text(answer.why)
    if answer.loads is None:
        return f"{ended}; {why if why == 'no code' else f'its code was not judged: {why}'}"
    return f"{ended}; " + ("its code loads" if answer.loads else f"its code DOES NOT LOAD: {why}")
