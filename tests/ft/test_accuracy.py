"""Token accuracy: counted over trained tokens, shifted by one."""

from __future__ import annotations

from types import SimpleNamespace

import numpy
import torch

from ft.accuracy import counts, measure, share


def test_only_trained_tokens_count_and_each_is_predicted_by_the_one_before() -> None:
    labels = torch.tensor([[-100, -100, 3, 1, 2], [-100, 2, -100, -100, -100]])
    predicted = torch.tensor([[0, 3, 1, 0, 2], [2, 0, 0, 0, 0]])  # right: 3, 1; wrong: 2 | right: 2
    logits = torch.nn.functional.one_hot(predicted, 4).float()
    assert counts(logits, labels).tolist() == [[2, 3], [1, 1]]
    assert counts((logits, torch.zeros(1)), labels).tolist() == [[2, 3], [1, 1]]
    assert share(SimpleNamespace(predictions=counts(logits, labels).numpy())) == {"token_accuracy": 0.75}


def test_without_logits_or_trained_tokens_there_is_no_number() -> None:
    labels = torch.tensor([[-100, 1]])
    assert share(SimpleNamespace(predictions=counts((), labels).numpy())) == {}
    assert share(SimpleNamespace(predictions=numpy.zeros((3, 2), dtype=int))) == {}


def test_a_trainer_with_metrics_of_its_own_keeps_them() -> None:
    own = SimpleNamespace(compute_metrics=len, preprocess_logits_for_metrics=None)
    measure(own)
    assert own.compute_metrics is len
