"""Tokenizers: small ones of the published kinds for stand-ins, and the gate that code survives a tokenizer."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prep.errors import UserError

if TYPE_CHECKING:
    from ft.families import Tokenizer

VOCABULARY = 2048
# Code with all that a tokenizer is known to lose: blanks in rows and at both ends, tabs, line ends of both kinds, blank
# lines, letters beyond ASCII (composed, as NFC has them), other scripts, emoji, quotes and punctuation after a blank.
CODE = (
    "  f(x) {\n\tif x < 2  ; déjà vu\n    \treturn \"é ü 漢字 🙂\" . ' , '\n\n}\r\n"
    "#Requires AutoHotkey v2.0\r\n\r\n^!n::MsgBox(\"it 's\") ; don 't ?\n   \n"
)
_AS_IT_IS = ("TokenizersBackend", "PreTrainedTokenizerFast")  # the class that takes tokenizer.json as it is


def roundtrip(tokenizer: Any, alone: bool = True) -> str | None:
    """What code loses in `decode(encode(code))`, in one line with the recipe line that mends it; None: nothing.

    alone: code begins a text, as an answer does in Alpaca data, which is tokenised apart from its prompt. In a chat
    template it never does, and a tokenizer may take a blank off the very beginning of a text.
    """
    code = CODE if alone else f"x{CODE}"
    ids = tokenizer.encode(code, add_special_tokens=False)
    back = tokenizer.decode(ids, clean_up_tokenization_spaces=False)
    if back == code:
        return None
    name = type(tokenizer).__name__
    place = next((i for i, (a, b) in enumerate(zip(code, back, strict=False)) if a != b), min(len(code), len(back)))
    mend = (
        "its tokenizer.json itself does that: take another one"
        if name in _AS_IT_IS
        else "put 'tokenizer_type: PreTrainedTokenizerFast' into the recipe"
    )
    lost, found = code[place : place + 12], back[place : place + 12]
    return f"the tokenizer ({name}) does not give code back: {lost!r} became {found!r}: {mend}"


def make(kind: Tokenizer, texts: list[str], folder: Path) -> dict[str, int]:
    """Train a small tokenizer on `texts` and write its files, chat template included, into `folder`.

    Returns what the model's config needs: vocab_size and the ids of bos, eos and pad where they are.
    """
    tokenizer = {"byte_level": _byte_level, "sentencepiece": _sentencepiece}[kind.kind](kind, texts, folder)
    if kind.bos:
        _add_bos(tokenizer, kind.config["bos_token"])
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"clean_up_tokenization_spaces": False, "model_max_length": 4096, **kind.config}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n")
    if kind.template:
        (folder / "chat_template.jinja").write_text(template(kind.template), encoding="utf-8")
    named = {f"{name}_token_id": kind.config.get(f"{name}_token") for name in ("bos", "eos", "pad")}
    return {
        "vocab_size": tokenizer.get_vocab_size(),
        **{key: tokenizer.token_to_id(token) for key, token in named.items() if token},
    }


def template(source: str) -> str:
    """A chat template: the text itself, or the file of an installed package that PACKAGE:PATH names."""
    package, colon, path = source.partition(":")
    if not colon or not package.isidentifier():
        return source
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise UserError(f"{package} is not installed: pip install -e '.[train]'")
    return (Path(spec.submodule_search_locations[0]) / path).read_text(encoding="utf-8")


def _byte_level(kind: Tokenizer, texts: list[str], folder: Path) -> Any:
    """Byte-level BPE, as GPT-2, Llama 3, Qwen and DeepSeek have it."""
    from tokenizers import Tokenizer as Tokens
    from tokenizers import decoders, normalizers, pre_tokenizers, trainers
    from tokenizers.models import BPE

    tokenizer = Tokens(BPE())
    if kind.nfc:
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(kind.special),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _sentencepiece(kind: Tokenizer, texts: list[str], folder: Path) -> Any:
    """SentencePiece BPE with byte fallback, as Llama 2 and Mistral have it: tokenizer.model, and tokenizer.json of it.

    tokenizer.json is built with the tokenizers library: transformers' own converter fails beside protobuf 6.
    """
    import sentencepiece as spm
    from tokenizers import AddedToken, decoders, normalizers, pre_tokenizers
    from tokenizers import Tokenizer as Tokens
    from tokenizers.models import BPE

    _train_sentencepiece(kind, texts, folder)
    model = spm.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    vocab = {model.id_to_piece(i): i for i in range(model.get_piece_size())}
    tokenizer = Tokens(BPE(vocab=vocab, merges=_merges(vocab), unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    if kind.blank == "first":
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first", split=False)
    else:
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in kind.special])
    return tokenizer


def _train_sentencepiece(kind: Tokenizer, texts: list[str], folder: Path) -> None:
    import sentencepiece as spm

    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(texts), encoding="utf-8")
    spm.SentencePieceTrainer.train(
        input=str(corpus),
        model_prefix=str(folder / "tokenizer"),
        model_type="bpe",
        vocab_size=VOCABULARY,
        control_symbols=list(kind.special[3:]),  # unk, bos and eos are there by themselves
        byte_fallback=True,
        character_coverage=0.9995,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        add_dummy_prefix=True,
        split_digits=True,
        allow_whitespace_only_pieces=True,
        max_sentence_length=1 << 20,
        num_threads=1,
        minloglevel=2,
    )
    corpus.unlink()
    (folder / "tokenizer.vocab").unlink()


def _merges(vocab: dict[str, int]) -> list[tuple[str, str]]:
    """The merges of a SentencePiece BPE vocabulary: every split of a piece into two pieces, in order of the ids."""
    merges = []
    for piece, rank in vocab.items():
        pairs = [(piece[:i], piece[i:]) for i in range(1, len(piece))]
        known = [(vocab[a], vocab[b], a, b) for a, b in pairs if a in vocab and b in vocab]
        merges += [(rank, a, b) for _, _, a, b in sorted(known)]
    return [(a, b) for _, a, b in sorted(merges, key=lambda merge: merge[0])]


def _add_bos(tokenizer: Any, bos: str) -> None:
    from tokenizers.processors import TemplateProcessing

    tokenizer.post_processor = TemplateProcessing(
        single=f"{bos}:0 $A:0", special_tokens=[(bos, tokenizer.token_to_id(bos))]
    )
