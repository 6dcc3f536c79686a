"""Is the injected model the sibling with the adapter on top, and what did that change? In weights, logits and loss."""

from __future__ import annotations

import math
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ft import verify
from ft.chain.distance import distance
from ft.masks import NOT_TRAINED
from ft.noise import noise_to
from ft.transfer.chats import SPLITS, Row
from prep.errors import UserError

if TYPE_CHECKING:
    import torch


def check(sibling: Path, folder: Path, tokenizer: Any, chats: dict[str, list[Row]]) -> dict[str, Any]:
    """`folder` holds the adapter as it was carried, and merged/. `failures` is empty when the two are one model."""
    weights = verify.compare_weights(sibling, folder / "merged", folder)
    rows = asked(tokenizer, chats)
    with noise_to(folder / "inject.log"):
        logits = verify.adapter_logits(sibling, folder, rows)
        verify.free_memory()
        logits["injected"] = verify.forward(verify.load(folder / "merged"), rows)
        verify.free_memory()
    gaps = {
        "sibling + adapter - sibling": verify.gap(logits["adapter"], logits["base"]),
        "injected - (sibling + adapter)": verify.gap(logits["injected"], logits["adapter"]),
    }
    found = dict(zip(("adapter - base", "merged - adapter"), gaps.values(), strict=True))
    return {
        "weights": asdict(weights),
        "gaps": {name: asdict(one) for name, one in gaps.items()},
        "carried": {
            "loss": {name: loss(rows, logits[key]) for name, key in (("sibling", "base"), ("injected", "injected"))},
            "kl": distance(logits["injected"], logits["base"], logits["base"]).kl,
            "held_out": next(split for split in SPLITS if split in chats) != "train",
        },
        "failures": verify.failures(weights, found),
        "prompts": len(rows),
        "positions": sum(len(row["positions"]) for row in rows),
    }


def asked(tokenizer: Any, chats: dict[str, list[Row]]) -> list[dict[str, Any]]:
    """Examples in the tokenizer's own template, with the places before the tokens of their last answers; those that
    were held out first. Raises UserError where the template takes none of them."""
    found, refused = [], ""
    for row in (row for split in SPLITS for row in chats.get(split, [])):
        try:
            ids, labels = rendered(tokenizer, row["messages"])
        except ValueError as error:
            refused = str(error)
            continue
        one = verify.sampled(ids[: verify.TOKENS], labels[: verify.TOKENS], verify.ANSWER)
        found += [one] if one["positions"] else []
        if len(found) == verify.PROMPTS:
            break
    if not found:
        why = refused or f"no answer begins in the first {verify.TOKENS} tokens"
        raise UserError(f"{tokenizer.name_or_path}: its chat template takes none of the examples: {why}", 1)
    return found


def rendered(tokenizer: Any, chat: list[dict[str, Any]]) -> tuple[list[int], list[int]]:
    """Token ids of a chat, and labels that leave out all but its last answer. Raises ValueError where it cannot be."""
    from jinja2 import TemplateError

    try:
        texts = [
            tokenizer.apply_chat_template(part, tokenize=False, add_generation_prompt=part is not chat)
            for part in (chat, chat[:-1])
        ]
    except (TemplateError, TypeError, KeyError) as error:
        raise ValueError(str(error)) from None
    whole, before = (tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts)
    same = len(os.path.commonprefix([whole, before]))
    return whole, [NOT_TRAINED] * same + whole[same:]


def loss(rows: list[dict[str, Any]], logits: list[torch.Tensor]) -> float:
    """Nats a token over the compared places of the answers."""
    import torch

    total = count = 0.0
    for row, found in zip(rows, logits, strict=True):
        wanted = torch.tensor([row["labels"][place + 1] for place in row["positions"]])
        total += float(torch.nn.functional.cross_entropy(found, wanted, reduction="sum"))
        count += len(wanted)
    return total / count if count else math.nan
