"""Fill in the middle, for base code models: each family's own sentinels, as its tokenizer has them."""

from __future__ import annotations

from dataclasses import replace

from prep.quality import Drop
from prep.recipe import Fim
from prep.record import Claim, Document, Example, make_example
from prep.tasks.cuts import draw, lines_of_code, lines_that_begin

# What stands before the prefix, the suffix and the middle, and what ends the middle.
SENTINELS = {
    "codellama": ("<PRE> ", " <SUF>", " <MID>", " <EOT>"),
    "deepseek": ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", "<｜end▁of▁sentence｜>"),
    "starcoder": ("<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<|endoftext|>"),
    "qwen": ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|endoftext|>"),
}
LARGEST = 0.4  # share of a script's lines that the gap takes at most


def examples(document: Document, options: Fim, count: int) -> list[Example] | Drop:
    """At most `count` gaps of whole statements; prefix, middle and suffix are the script, which claims to load."""
    lines = document.text.split("\n")
    places, code = lines_that_begin(document), lines_of_code(document)
    before, behind, fill, end = SENTINELS[options.family]
    made = []
    for number in range(1, count + 1):
        if len(places) < 2:
            break
        first = draw(document, f"fim {number}", len(places) - 1)
        start = places.pop(first)
        limit = start + max(1, int(LARGEST * len(lines)))
        filled = next((line for line in code if line >= start), len(lines))  # a comment alone is no gap to fill
        ends = [place for place in places[first:] if place > filled]
        if not ends:
            continue
        ends = [place for place in ends if place <= limit] or ends[:1]
        stop = ends[draw(document, f"end {number}", len(ends))]
        prefix, middle, suffix = (
            "".join(f"{line}\n" for line in part) for part in (lines[:start], lines[start:stop], lines[stop:])
        )
        asked = f"{before}{prefix}{behind}{suffix.removesuffix(chr(10))}{fill}"
        example = make_example(document, "fim", number, asked, middle + end, (Claim(document.text, loads=True),))
        made.append(replace(example, format="fim"))
    return made
