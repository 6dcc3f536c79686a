"""The kit's two models of lm-eval, in this process: journals, seconds, tokens, token accuracy, samples."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eval import journal
from eval.journal import Entry, Key
from ft.serving.stream import address
from prep.errors import UserError
from tests.eval.fake_server import question, serving

WRITE = {"max_gen_toks": 8, "until": ["###"], "temperature": 0.0, "do_sample": False}
WARM = WRITE | {"temperature": 1.0, "do_sample": True, "top_k": 0, "top_p": 1.0}


def requests(kind: str, pairs: list[tuple[str, Any]], task: str = "t") -> list[Any]:
    """As lm-eval makes them: the same question again is its next sample."""
    from lm_eval.api.instance import Instance

    return [
        Instance(kind, {"id": str(number)}, pair, 0, (task, number, 1))  # type: ignore[arg-type]
        for number, pair in enumerate(pairs)
    ]


def test_half_a_line_was_never_answered_and_the_next_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "base.jsonl"
    entries = [Entry(Key("t", str(n), 0, "h"), f"answer \u2028 {n}", 0.5, 3) for n in range(3)]
    writer = journal.Writer(path)
    for entry in entries[:2]:
        writer.add(entry)
    writer.close()
    path.write_bytes(path.read_bytes()[:-9])
    assert list(journal.read(path).values()) == entries[:1]
    journal.Writer(path).add(entries[2])
    assert list(journal.read(path).values()) == [entries[0], entries[2]]
    path.write_bytes(path.read_bytes() + b"\xff\xfe\n[1]\n{}\nnull\n")
    assert len(journal.read(path)) == 2


def test_the_files_of_all_processes_are_one_journal_and_no_other_subjects(tmp_path: Path) -> None:
    for name, id_ in (("base.jsonl", "a"), ("base.1.jsonl", "b"), ("base-led.jsonl", "c")):
        journal.Writer(tmp_path / name).add(Entry(Key("t", id_, 0, "h"), ""))
    assert {key.id for key in journal.read(tmp_path / "base.jsonl")} == {"a", "b"}
    assert journal.Counter(tmp_path / "base.jsonl").look() == 2


class TestServer:
    @pytest.fixture
    def model(self, tmp_path: Path) -> Callable[[str], Any]:
        from eval.lm_server import Server

        return lambda url: Server(
            journal=str(tmp_path / "m.jsonl"),
            url=address(url),
            model="fake",
            at_once=3,
            seconds=60,
        )

    def chats(self, count: int) -> list[Any]:
        texts = [json.dumps([{"role": "user", "content": f"q{n}"}]) for n in range(count)]
        return requests("generate_until", [(text, WRITE) for text in texts])

    def test_known_answers_in_their_order_with_seconds_and_tokens(
        self, model: Callable[[str], Any], tmp_path: Path
    ) -> None:
        with serving() as server:
            assert model(server.url).generate_until(self.chats(7)) == [f"Q{n}" for n in range(7)]
        assert server.asked[0]["temperature"] == 0
        assert server.asked[0]["max_tokens"] == 8
        entries = journal.read(tmp_path / "m.jsonl").values()
        assert len(entries) == 7
        assert all(entry.seconds and entry.tokens == 1 for entry in entries)

    def test_what_was_answered_before_a_failure_is_not_asked_again(self, model: Callable[[str], Any]) -> None:
        with serving() as server:
            model(server.url).generate_until(self.chats(4))
            server.mode = "404"
            with pytest.raises(UserError, match="answers 404"):
                model(server.url).generate_until(self.chats(6))
            server.mode = ""
            before = len(server.asked)
            assert model(server.url).generate_until(self.chats(6)) == [f"Q{n}" for n in range(6)]
        assert {question(payload) for payload in server.asked[before:]} == {"q4", "q5"}

    def test_once_a_question_has_failed_no_other_is_asked_nor_asked_again(self, model: Callable[[str], Any]) -> None:
        with serving() as server:
            server.mode = "500"
            local = model(server.url)
            server.bad = local._failed.set  # while a question is under way
            with pytest.raises(UserError, match="another question has failed"):
                local.generate_until(self.chats(1))
            assert len(server.asked) == 1
            with pytest.raises(UserError, match="another question has failed"):
                local.generate_until(self.chats(2))
        assert len(server.asked) == 1

    def test_another_prompt_or_other_settings_are_asked_anew(self, model: Callable[[str], Any]) -> None:
        with serving() as server:
            one = self.chats(1)
            model(server.url).generate_until(one)
            one[0].arguments = (one[0].arguments[0], WRITE | {"max_gen_toks": 9})
            model(server.url).generate_until(one)
        assert len(server.asked) == 2

    def test_samples_of_a_question_have_seeds_of_their_own_and_the_same_each_time(
        self, model: Callable[[str], Any], tmp_path: Path
    ) -> None:
        same = [self.chats(1)[0] for _ in range(3)]
        with serving(lambda payload: str(payload["seed"])) as server:
            first = model(server.url).generate_until(same)
            (tmp_path / "m.jsonl").unlink()
            assert model(server.url).generate_until(same) == first
        assert len(set(first)) == 3

    def test_an_answer_of_100000_characters_is_whole(self, model: Callable[[str], Any]) -> None:
        with serving(lambda payload: "x\u2028" * 50_000) as server:
            assert model(server.url).generate_until(self.chats(1)) == ["x\u2028" * 50_000]
            assert model(server.url).generate_until(self.chats(1)) == ["x\u2028" * 50_000]  # from the journal
        assert len(server.asked) == 1

    def test_likelihoods_come_with_token_accuracy(self, model: Callable[[str], Any], tmp_path: Path) -> None:
        asked = requests("loglikelihood", [("Say it.\n", "A dog is here"), ("Say.\n", "no no no")])
        with serving() as server:
            found = model(server.url + "/completions").loglikelihood(asked)
        assert found == [(-4.0, False), (-3.0, True)]
        entries = [journal.read(tmp_path / "m.jsonl")[key] for key in sorted(journal.read(tmp_path / "m.jsonl"))]
        assert [(entry.tokens, entry.hits) for entry in entries] == [(4, 2), (3, 3)]


class TestLocal:
    PROMPTS = ("Sort an array.", "Show a message box.", "Read a file and count its lines.", "Press a key.")

    @pytest.fixture(scope="class")
    def folder(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        from ft import recipe, standin

        folder = tmp_path_factory.mktemp("model") / "tiny"
        standin.make(recipe.resolve("deepseek"), folder)
        return folder

    @pytest.fixture
    def model(self, folder: Path, tmp_path: Path) -> Callable[..., Any]:
        from eval.lm_local import Local

        def make(name: str = "m", batch: int = 1) -> Any:
            return Local(
                journal=str(tmp_path / f"{name}.jsonl"), pretrained=str(folder), device="cpu", dtype="float32",
                tokenizer=str(folder), add_bos_token=False, batch_size=batch, sampling_seed=7,
            )  # fmt: skip

        return make

    def test_token_accuracy_and_likelihood_are_transformers_own(
        self, model: Callable[..., Any], folder: Path, tmp_path: Path
    ) -> None:
        import torch
        from transformers import AutoModelForCausalLM

        local = model(batch=3)
        pairs = [(prompt, " MsgBox 1\nx := 2") for prompt in self.PROMPTS]
        # What the model itself would write: all of it is hit.
        pairs.append((self.PROMPTS[0], local.generate_until(requests("generate_until", [(self.PROMPTS[0], WRITE)]))[0]))
        found = local.loglikelihood(requests("loglikelihood", pairs, "loss"))
        entries = {
            int(key.id): entry for key, entry in journal.read(tmp_path / "m.jsonl").items() if key.task == "loss"
        }
        plain = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        for number, (prompt, answer) in enumerate(pairs):
            context, both = (local.tok_encode(text) for text in (prompt, prompt + answer))
            logits = plain(torch.tensor([both])).logits[0, len(context) - 1 : -1]
            target = torch.tensor(both[len(context) :])
            likelihood = logits.log_softmax(-1).gather(1, target[:, None]).sum().item()
            assert found[number][0] == pytest.approx(likelihood, rel=1e-4)
            assert entries[number].hits == int((logits.argmax(-1) == target).sum())
            assert entries[number].tokens == len(target)
            assert entries[number].seconds

    def test_a_run_that_is_cut_off_goes_on_and_answers_as_one_that_is_not(
        self, model: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = requests("generate_until", [(prompt, WARM) for prompt in (*self.PROMPTS, self.PROMPTS[0])])
        whole = model("whole").generate_until(asked)
        assert len(set(whole)) > 1
        cut = model("cut")
        write, written = cut._journal.add, []

        def killed(entry: Entry) -> None:
            if len(written) == 2:
                raise KeyboardInterrupt
            written.append(entry)
            write(entry)

        monkeypatch.setattr(cut._journal, "add", killed)
        with pytest.raises(KeyboardInterrupt):
            cut.generate_until(asked)
        assert len(journal.read(tmp_path / "cut.jsonl")) == 2
        again = model("cut")
        assert again.generate_until(asked) == whole
        assert len(journal.read(tmp_path / "cut.jsonl")) == len(asked)

    def test_batches_write_the_same_likeliest_answers_each_with_its_own_tokens(
        self, model: Callable[..., Any], tmp_path: Path
    ) -> None:
        asked = requests("generate_until", [(prompt, WRITE) for prompt in self.PROMPTS])
        assert model("one", 1).generate_until(asked) == model("four", 4).generate_until(asked)
        for name in ("one", "four"):
            entries = journal.read(tmp_path / f"{name}.jsonl").values()
            assert all(entry.seconds and 0 < (entry.tokens or 0) <= 8 for entry in entries)

    def test_an_answer_longer_than_the_model_is_one_line(self, model: Callable[..., Any]) -> None:
        local = model()
        with pytest.raises(UserError, match=r"tokens .* and the model takes"):
            local.loglikelihood(requests("loglikelihood", [("x", "y z " * 2 * local.max_length)]))
