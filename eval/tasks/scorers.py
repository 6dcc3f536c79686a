"""Scorers of the tasks in this folder: pure functions from what the model did to numbers."""

from __future__ import annotations

from typing import Any


def loss(doc: dict[str, Any], results: list[tuple[float, bool]]) -> dict[str, Any]:
    """Log-likelihood (nats) of the answer given its prompt -> the pairs that lm-eval's aggregations take.

    `bits_per_byte` = -sum(ll) / (ln 2 * sum(bytes)), which models with different tokenizers can be compared by;
    `perplexity` is per token, where the item says how many tokens its answer has (`eval run` does), else per byte.
    """
    ((likelihood, _),) = results
    size = doc.get("bytes") or len(doc["output"].encode())
    return {"bits_per_byte": (likelihood, size), "perplexity": (likelihood, doc.get("tokens") or size)}


def nothing(doc: dict[str, Any], results: list[str]) -> dict[str, int]:
    """Answers are written down, not judged."""
    return {"bypass": 999}
