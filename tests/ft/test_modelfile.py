"""Ollama's template is made of the trained one: the pieces around the texts, tried on chats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ft import families, modelfile, tokenizers
from ft.modelfile import Chat, Pieces
from prep.errors import UserError


def rendering(template: str, **more: Any) -> Any:
    def refuse(why: str) -> None:
        raise ValueError(why)

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    found = environment.from_string(template)

    def render(chat: Chat) -> str:
        return found.render(
            messages=chat, add_generation_prompt=True, raise_exception=refuse, bos_token="<s>", eos_token="</s>", **more
        )

    return render


@pytest.mark.parametrize("name", ["qwen2", "qwen2\\.5", "codellama.*instruct", "deepseek-coder-v2"])
def test_the_pieces_write_what_the_familys_template_writes(name: str) -> None:
    render = rendering(tokenizers.template(families.FAMILIES[name].tokenizer.template))
    found = modelfile.pieces(render)
    assert found
    chat = [{"role": role, "content": f"<{role}>"} for role in ("system", "user", "assistant", "user")]
    assert found.write(chat) == render(chat)
    assert found.write(chat[1:]) == render(chat[1:])


def test_the_go_template_has_every_piece_once() -> None:
    found = Pieces("BEGIN", "SYS", "TEM", "ANSWER", "QUESTION", "END")
    assert found.template() == (
        "{{ if .System }}SYS{{ .System }}TEM{{ else }}BEGIN{{ end }}"
        '{{ $first := true }}{{ range .Messages }}{{ if eq .Role "user" }}'
        "{{ if $first }}{{ $first = false }}{{ else }}QUESTION{{ end }}{{ .Content }}"
        '{{ else if eq .Role "assistant" }}ANSWER{{ .Content }}{{ end }}{{ end }}END'
    )


@pytest.mark.parametrize(
    "template",
    [
        "{% for m in messages %}{{ m.content }}{{ m.content }}{% endfor %}",  # each text twice
        "{% for m in messages %}{{ loop.index }}{{ m.content }}{% endfor %}",  # depends on how many there are
        "{% for m in messages %}{{ '{{' }}{{ m.content }}{% endfor %}",  # Go would read it
        "{{ raise_exception('never') }}",
    ],
)
def test_a_template_that_pieces_cannot_write_is_left_out(template: str) -> None:
    assert modelfile.pieces(rendering(template)) is None


def test_a_prompt_for_one_question_is_put_again_for_the_next() -> None:
    found = modelfile.pieces(
        rendering(
            "{% if messages | length > 1 %}{{ raise_exception('one') }}{% endif %}Q: {{ messages[0].content }}\nA:"
        )
    )
    assert found == Pieces("Q: ", None, "", "\nA:", "\n\nQ: ", "\nA:")


def test_the_file_has_the_stop_tokens_and_the_trained_length(tmp_path: Path) -> None:
    (tmp_path / "generation_config.json").write_text(json.dumps({"eos_token_id": [1, 2], "top_p": 0.9}))
    text = modelfile.text(tmp_path / "m-Q8_0.gguf", None, ["<|end|>", 'a"b'], {"sequence_len": 512}, tmp_path)
    assert text.splitlines() == [
        "FROM ./m-Q8_0.gguf",
        "# No TEMPLATE: Ollama takes the chat template of the file itself.",
        'PARAMETER stop "<|end|>"',
        'PARAMETER stop "a\\"b"',
        "PARAMETER num_ctx 512",
        "PARAMETER top_p 0.9",
    ]


def test_a_model_whose_answers_would_not_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(UserError, match="its answers would not end"):
        modelfile.stops(tmp_path, None)
