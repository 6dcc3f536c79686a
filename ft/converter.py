"""A process of its own: llama.cpp's converter, after it has looked at architecture and tokenizer.

    python -m ft.converter CHECKPOINT OUT.gguf DTYPE [PRE_TOKENIZER]

The first pass writes the vocabulary alone, by the converter's own code: what it cannot take fails before the weights
are read. PRE_TOKENIZER is for stand-ins: the converter tells a pre-tokenizer by a hash of token ids, which depend on
the vocabulary, and a stand-in has one of its own. A real model must be known to the converter.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from ft import lock
from ft.llama import SHARE


def main(checkpoint: str, out: str, dtype: str, pre: str = "") -> None:
    lock.die_with_command()
    sys.path.insert(0, str(SHARE))
    import conversion
    import convert_hf_to_gguf as converter

    if pre:
        conversion.TextModel.get_vocab_base_pre = lambda self, tokenizer: pre
    with tempfile.TemporaryDirectory() as folder:
        sys.argv = ["converter", checkpoint, "--vocab-only", "--outfile", str(Path(folder) / "vocabulary.gguf")]
        converter.main()
    sys.argv = ["converter", checkpoint, "--outtype", dtype, "--outfile", out]
    converter.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
