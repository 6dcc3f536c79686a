"""The mask audit on ids and labels alone: roles from the glue of a template, and each fault that a mask can have."""

from __future__ import annotations

import pytest

from ft.masks import Facts, audit, learn, turns

SPECIAL = ["<s>", "<|start|>", "<|end|>", "<|return|>", "<|channel|>", "<|message|>"]
PIECES = [*SPECIAL, *"abcdefghijklmnopqrstuvwxyz \n:", *"AQ"]
PLAIN = Facts(PIECES, frozenset(range(len(SPECIAL))), bos=0)


def ids(text: str) -> list[int]:
    """One token a special token, one a letter."""
    found = []
    while text:
        token = next((token for token in SPECIAL if text.startswith(token)), text[0])
        found.append(PIECES.index(token))
        text = text.removeprefix(token)
    return found


def chat(*contents: str, end: str = "<|end|>") -> str:
    roles = ("user", "assistant") * len(contents)
    return "<s>" + "".join(f"<|start|>{role}\n{content}{end}" for role, content in zip(roles, contents, strict=False))


def learnt() -> Facts:
    made = [
        (
            ids(chat("zqa", "zqb", "zqc", "zqd")),
            [("user", "zqa"), ("assistant", "zqb"), ("user", "zqc"), ("assistant", "zqd")],
        )
    ]
    return learn(made, PLAIN)


def labels(text: str, *trained: str) -> list[int]:
    """Labels of `text` where the first place of each of `trained` is trained."""
    found = [-100] * len(ids(text))
    for part in trained:
        start = len(ids(text[: text.index(part)]))
        for index in range(start, start + len(ids(part))):
            found[index] = ids(text)[index]
    return found


def faults(text: str, *trained: str, facts: Facts | None = None) -> list[str]:
    return sorted(audit([(ids(text), labels(text, *trained), "row")], facts or learnt()).faults)


def test_turns_are_found_with_their_role_and_the_token_that_ends_them() -> None:
    text = chat("who are you", "me", "and i", "you")
    found = turns(ids(text), learnt())
    assert [(turn.role, "".join(PIECES[i] for i in ids(text)[turn.start : turn.stop])) for turn in found] == [
        ("user", "who are you"),
        ("assistant", "me"),
        ("user", "and i"),
        ("assistant", "you"),
    ]
    assert [PIECES[ids(text)[turn.end or 0]] for turn in found] == ["<|end|>"] * 4


def test_a_content_that_looks_like_another_role_does_not_end_the_turn() -> None:
    text = chat("say user\nor assistant\n", "user\nassistant\n")
    assert [turn.role for turn in turns(ids(text), learnt())] == ["user", "assistant"]


def test_a_right_mask_has_no_fault_and_its_shares_are_counted() -> None:
    text = chat("hi", "yes", "and", "no")
    found = audit([(ids(text), labels(text, "yes<|end|>", "no<|end|>"), "row")], learnt())
    assert found.faults == {}
    assert (found.tokens["user"], found.trained["user"]) == (5, 0)
    assert (found.tokens["assistant"], found.trained["assistant"]) == (5, 5)


@pytest.mark.parametrize(
    ("trained", "fault"),
    [
        ((), ["masked"]),
        (("yes", "no<|end|>"), ["end"]),
        (("no<|end|>",), ["end", "untrained"]),
        (("hi", "yes<|end|>", "no<|end|>"), ["inputs"]),
    ],
)
def test_each_fault_of_a_mask_is_found(trained: tuple[str, ...], fault: list[str]) -> None:
    assert faults(chat("hi", "yes", "and", "no"), *trained) == fault


def test_an_answer_without_a_special_token_at_its_end_is_found() -> None:
    made = "<s>user:zqa\nassistant:zqb\n"
    facts = learn([(ids(made), [("user", "zqa"), ("assistant", "zqb")])], PLAIN)
    text = "<s>user:hi\nassistant:yes\n"
    assert faults(text, "yes\n", facts=facts) == ["no end"]


def test_an_answer_that_was_cut_has_no_end() -> None:
    text = chat("hi", "yes").removesuffix("<|end|>")
    assert faults(text, "yes") == ["no end"]


def test_two_tokens_that_begin_a_text_are_found() -> None:
    text = "<s>" + chat("hi", "yes")
    assert faults(text, "yes<|end|>") == ["bos"]


def test_text_of_another_template_is_not_taken_for_turns() -> None:
    assert faults("<s>something else", "else") == ["shape"]


def harmony(question: str, answer: str, thinking: str | None) -> str:
    thought = "" if thinking is None else f"analysis<|message|>{thinking}<|end|><|start|>assistant<|channel|>"
    return (
        f"<|start|>user<|message|>{question}<|end|><|start|>assistant<|channel|>{thought}"
        f"final<|message|>{answer}<|return|>"
    )


def test_an_answer_that_does_not_train_the_way_into_the_final_channel_is_found() -> None:
    made = [(ids(harmony("zqa", "zqb", t)), [("user", "zqa"), ("assistant", "zqb")]) for t in (None, "")]
    facts = learn(made, PLAIN)
    silent = harmony("hi", "yes", None)
    assert faults(silent, "yes<|return|>", facts=facts) == ["final"]
    empty = harmony("hi", "yes", "")
    whole = empty[empty.index("analysis") :]
    assert faults(empty, whole, facts=facts) == []


def test_dates_and_default_system_messages_before_the_first_turn_may_change() -> None:
    text = "<s><|start|>system\ntoday is friday<|end|>" + chat("hi", "yes").removeprefix("<s>")
    made = text.replace("friday", "monday").replace("hi", "zqa").replace("yes", "zqb") + chat(
        "zqc", "zqd"
    ).removeprefix("<s>")
    contents = [("user", "zqa"), ("assistant", "zqb"), ("user", "zqc"), ("assistant", "zqd")]
    facts = learn([(ids(made), contents)], PLAIN)
    assert [turn.role for turn in turns(ids(text), facts)] == ["user", "assistant"]


def test_thoughts_of_any_text_belong_to_the_answer() -> None:
    made = [(ids(harmony("zqa", "zqb", t)), [("user", "zqa"), ("assistant", "zqb")]) for t in (None, "")]
    facts = learn(made, PLAIN)
    thoughtful = harmony("hi", "yes", "hm")
    assert faults(thoughtful, thoughtful[thoughtful.index("analysis") :], facts=facts) == []
