"""Stand-ins have what a recipe depends on: the class, the names, the tokenizer's kind, the template, the storage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import transformers
from safetensors import safe_open

from ft import base, recipe, standin
from prep.errors import UserError

CODE = '  f(x) {\n\tif x < 2\n    \treturn "é ü 漢字 🙂"  ; done\n\n}\n'


@pytest.fixture(scope="module")
def made(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Recipe name -> the values that use its stand-in."""
    out = tmp_path_factory.mktemp("standins")
    before = Path.cwd()
    import os

    os.chdir(workspace)
    try:
        names = ("codellama", "deepseek", "gpt-oss")
        return {name: standin.make(recipe.resolve(name), out / name) for name in names}
    finally:
        os.chdir(before)


def tokenizer(name: str, values: dict[str, str]) -> transformers.PreTrainedTokenizerBase:
    kind = recipe.read_yaml(Path(f"configs/{name}.yaml")).get("tokenizer_type", "AutoTokenizer")
    return getattr(transformers, kind).from_pretrained(values.get("tokenizer_config") or values["base_model"])


@pytest.mark.parametrize("name", ["codellama", "deepseek", "gpt-oss"])
def test_code_survives_the_tokenizer(made: dict[str, dict[str, str]], name: str, in_workspace: Path) -> None:
    found = tokenizer(name, made[name])
    assert found.decode(found.encode(CODE, add_special_tokens=False)) == CODE


@pytest.mark.parametrize("name", ["codellama", "deepseek"])
def test_the_recipe_mends_what_auto_tokenizer_breaks(made: dict[str, dict[str, str]], name: str) -> None:
    """The published class names make AutoTokenizer lose white space: the stand-ins have that fault as well."""
    found = transformers.AutoTokenizer.from_pretrained(made[name]["base_model"])
    assert found.decode(found.encode(CODE, add_special_tokens=False)) != CODE


def test_codellamas_tokenizer_is_sentencepiece(made: dict[str, dict[str, str]]) -> None:
    import sentencepiece

    folder = Path(made["codellama"]["base_model"])
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    fast = transformers.PreTrainedTokenizerFast.from_pretrained(folder)
    for text in ("MsgBox(text)", "  indented x := 12"):
        assert fast.encode(text, add_special_tokens=False) == pieces.encode(text)


def test_gpt_oss_experts_are_stored_as_published(made: dict[str, dict[str, str]]) -> None:
    published = Path(made["gpt-oss"]["tokenizer_config"])
    with safe_open(published / "model.safetensors", framework="pt") as file:
        blocks = file.get_slice("model.layers.0.mlp.experts.gate_up_proj_blocks")
        assert (blocks.get_dtype(), blocks.get_shape()) == ("U8", [4, 128, 2, 16])
    config = json.loads((published / "config.json").read_text())
    assert config["quantization_config"]["quant_method"] == "mxfp4"


def test_gpt_oss_template_is_harmony(made: dict[str, dict[str, str]], in_workspace: Path) -> None:
    messages = [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A", "thinking": ""}]
    text = tokenizer("gpt-oss", made["gpt-oss"]).apply_chat_template(messages, tokenize=False)
    assert text.endswith("<|start|>assistant<|channel|>final<|message|>A<|return|>")


def test_an_unknown_architecture_is_one_clear_line(in_workspace: Path) -> None:
    with pytest.raises(UserError, match="no stand-in is known for base_model 'someone/else'"):
        standin.make(recipe.resolve("codellama", ["base_model=someone/else"]), in_workspace / "outputs/never")


def test_the_tiny_model_never_sees_a_held_out_document(in_workspace: Path) -> None:
    texts = set(standin.training_texts(recipe.resolve("tiny")))
    rows = [json.loads(line) for line in Path("data/ahk/test.alpaca.jsonl").read_text().splitlines()]
    assert texts
    assert not texts & {row["output"] for row in rows}


def test_a_base_that_is_not_there_is_one_clear_line(in_workspace: Path) -> None:
    with pytest.raises(UserError, match=r"base_model '\./nowhere' is not there"):
        base.ensure_base(recipe.resolve("codellama", ["base_model=./nowhere"]))
