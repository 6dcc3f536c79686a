"""The gate that code survives every recipe's tokenizer, loaded as Axolotl loads it; and that the gate can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from ft import tokenizers
from tests.conftest import ROOT
from tests.ft import golden

pytestmark = pytest.mark.slow  # imports Axolotl
RECIPES = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))
LINE = "put 'tokenizer_type: PreTrainedTokenizerFast' into the recipe"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tokenizers")


@pytest.mark.parametrize("name", RECIPES)
def test_code_survives_the_recipes_tokenizer(folder: Path, in_workspace: Path, name: str) -> None:
    read = golden.reader(name, folder)
    alone = read.config["datasets"][0].type == "alpaca"
    assert tokenizers.roundtrip(read.tokenizer, alone) is None


@pytest.mark.parametrize("name", ["codellama", "codellama-instruct", "deepseek"])
def test_without_its_line_the_recipe_would_lose_white_space(folder: Path, in_workspace: Path, name: str) -> None:
    read = golden.reader(name, folder, tokenizer_type=None)
    assert LINE in str(tokenizers.roundtrip(read.tokenizer))


def test_the_sample_holds_what_tokenizers_lose() -> None:
    for text in ("\n", "\t", "\r\n", "é", "漢字", "🙂", "\n\n", "    ", " '", " ?"):
        assert text in tokenizers.CODE
    assert tokenizers.CODE[0] == " "
    assert tokenizers.CODE.encode("utf-8").decode() == tokenizers.CODE


@pytest.mark.parametrize("lost", ["\t", "\r", "é", "🙂", "  "])
def test_what_is_lost_is_shown_at_its_place(lost: str) -> None:
    class Losing:
        """A tokenizer of characters that loses one of them."""

        def encode(self, text: str, **_: object) -> list[int]:
            return list(map(ord, text))

        def decode(self, ids: list[int], **_: object) -> str:
            return "".join(map(chr, ids)).replace(lost, "")

    said = str(tokenizers.roundtrip(Losing()))
    assert "the tokenizer (Losing) does not give code back" in said
    assert LINE in said
    assert "\n" not in said


def test_where_a_class_cannot_mend_it_none_is_named() -> None:
    losing = type("TokenizersBackend", (), {"encode": lambda *_, **__: [], "decode": lambda *_, **__: ""})
    assert "tokenizer.json itself does that" in str(tokenizers.roundtrip(losing()))
