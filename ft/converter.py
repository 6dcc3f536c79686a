"""A process of its own: llama.cpp's converter, after it has looked at architecture and tokenizer.

    python -m ft.converter CHECKPOINT OUT.gguf DTYPE [PRE_TOKENIZER]

The first pass writes the vocabulary alone, by the converter's own code: what it cannot take fails before the weights
are read. PRE_TOKENIZER is for stand-ins: the converter tells a pre-tokenizer by a hash of token ids, which depend on
the vocabulary, and a stand-in has one of its own. A real model must be known to the converter.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from ft import lock
from ft.llama import SHARE


def main(checkpoint: str, out: str, dtype: str, pre: str = "") -> None:
    lock.die_with_command()
    sys.path.insert(0, str(SHARE))
    import conversion
    import convert_hf_to_gguf as converter

    if pre:
        conversion.TextModel.get_vocab_base_pre = lambda self, tokenizer: pre
    if not puts_blanks(Path(checkpoint) / "tokenizer.json"):
        _leave_out_blanks(conversion.TextModel)
    with tempfile.TemporaryDirectory() as folder:
        sys.argv = ["converter", checkpoint, "--vocab-only", "--outfile", str(Path(folder) / "vocabulary.gguf")]
        converter.main()
    sys.argv = ["converter", checkpoint, "--outtype", dtype, "--outfile", out]
    converter.main()


def puts_blanks(path: Path) -> bool:
    """Whether this tokenizer puts a blank before each piece of text between special tokens, as llama.cpp does with
    SentencePiece models unless the file says otherwise (`tokenizer.ggml.add_space_prefix`). Mistral's puts one before
    the very first piece alone: after [INST] llama.cpp would read another token than was trained."""
    if not path.is_file():
        return True
    found = json.loads(path.read_text(encoding="utf-8"))
    if not (found.get("model") or {}).get("byte_fallback"):
        return True  # no SentencePiece model: llama.cpp puts none
    steps = [step for key in ("normalizer", "pre_tokenizer") for step in _steps(found.get(key))]
    schemes = [step.get("prepend_scheme", "always") for step in steps if step["type"] == "Metaspace"]
    return "always" in schemes or any(step["type"] == "Prepend" for step in steps)


def _steps(found: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The steps of a normaliser or pre-tokenizer, one or a sequence."""
    if not found:
        return []
    inner = found.get("normalizers") or found.get("pretokenizers")
    return [step for part in inner for step in _steps(part)] if inner else [found]


def _leave_out_blanks(model: Any) -> None:
    before = model.prepare_metadata

    def prepare_metadata(self: Any, vocab_only: bool) -> None:
        before(self, vocab_only=vocab_only)
        self.gguf_writer.add_add_space_prefix(False)

    model.prepare_metadata = prepare_metadata


if __name__ == "__main__":
    main(*sys.argv[1:])
