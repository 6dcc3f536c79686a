"""Token accuracy on the evaluation data: the share of trained tokens at which the model, given all before, would have
written the same. One pair of counts per example leaves the card, never its logits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

_UNTRAINED = -100


def measure(trainer: Any) -> None:
    """Make the trainer log `eval_token_accuracy` with each `eval_loss`, unless it measures something of its own."""
    if trainer.compute_metrics is None:
        trainer.preprocess_logits_for_metrics = counts
        trainer.compute_metrics = share


def counts(logits: torch.Tensor | tuple[torch.Tensor, ...], labels: torch.Tensor) -> torch.Tensor:
    """logits [batch, length, vocabulary] (first of a tuple; an empty one where a fused loss keeps none),
    labels [batch, length] -> [batch, 2]: tokens predicted right, tokens trained."""
    import torch

    if isinstance(logits, tuple):
        if not logits:
            return labels.new_zeros((len(labels), 2))
        logits = logits[0]
    wanted = labels[:, 1:]
    trained = wanted != _UNTRAINED
    right = (logits[:, :-1].argmax(-1) == wanted) & trained
    return torch.stack([right.sum(-1), trained.sum(-1)], dim=-1)


def share(found: Any) -> dict[str, float]:
    """`found.predictions` [examples, 2], the pairs -> {"token_accuracy": 0 to 1}; empty where nothing is trained."""
    right, trained = found.predictions.sum(axis=0).tolist()
    return {"token_accuracy": right / trained} if trained else {}
