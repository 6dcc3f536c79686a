"""Small tokenizers of the published kinds, trained on the given texts. Each writes its files into a folder.

Every maker returns the token ids that the model's config needs (vocab_size, bos_token_id, eos_token_id, pad_token_id).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VOCABULARY = 2048
HARMONY = [
    "<|startoftext|>",
    "<|endoftext|>",
    "<|return|>",
    "<|constrain|>",
    "<|channel|>",
    "<|start|>",
    "<|end|>",
    "<|message|>",
    "<|call|>",
]
DEEPSEEK_BOS, DEEPSEEK_EOS = "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>"  # noqa: RUF001 (the published names)


def byte_level(texts: list[str], folder: Path) -> dict[str, int]:
    """Byte-level BPE, as in the Llama 3 and Qwen families; nothing is added around a text but BOS."""
    tokenizer = _train_byte_level(texts, ["<s>", "</s>", "<pad>"])
    _add_bos(tokenizer, "<s>")
    extra = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "pad_token": "<pad>",
    }
    return _save(tokenizer, folder, extra)


def deepseek(texts: list[str], folder: Path) -> dict[str, int]:
    """Byte-level BPE under the class name that DeepSeek-Coder publishes, LlamaTokenizerFast, with which AutoTokenizer
    loses white space: the recipe's `tokenizer_type` has to mend it here too."""
    tokenizer = _train_byte_level(texts, [DEEPSEEK_BOS, DEEPSEEK_EOS])
    _add_bos(tokenizer, DEEPSEEK_BOS)
    extra = {
        "tokenizer_class": "LlamaTokenizerFast",
        "bos_token": DEEPSEEK_BOS,
        "eos_token": DEEPSEEK_EOS,
        "pad_token": DEEPSEEK_EOS,
        "add_bos_token": True,
        "add_eos_token": False,
    }
    return _save(tokenizer, folder, extra)


def harmony(texts: list[str], folder: Path) -> dict[str, int]:
    """Byte-level BPE with harmony's special tokens and the official gpt-oss chat template (as TRL carries it)."""
    import trl

    tokenizer = _train_byte_level(texts, HARMONY)
    extra = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<|startoftext|>",
        "eos_token": "<|return|>",
        "pad_token": "<|endoftext|>",
    }
    template = Path(trl.__file__).parent / "chat_templates" / "gptoss.jinja"
    (folder / "chat_template.jinja").write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
    return _save(tokenizer, folder, extra)


def sentencepiece(texts: list[str], folder: Path) -> dict[str, int]:
    """SentencePiece BPE with byte fallback as CodeLlama has it: tokenizer.model and the tokenizer.json made from it.

    tokenizer.json is built with the tokenizers library: transformers' own converter fails beside protobuf 6.
    """
    import sentencepiece as spm
    from tokenizers import AddedToken, Tokenizer, decoders, normalizers
    from tokenizers.models import BPE

    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(texts), encoding="utf-8")
    spm.SentencePieceTrainer.train(
        input=str(corpus),
        model_prefix=str(folder / "tokenizer"),
        model_type="bpe",
        vocab_size=VOCABULARY,
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
    model = spm.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    vocab = {model.id_to_piece(i): i for i in range(model.get_piece_size())}
    tokenizer = Tokenizer(BPE(vocab=vocab, merges=_merges(vocab), unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in ("<unk>", "<s>", "</s>")])
    _add_bos(tokenizer, "<s>")
    extra = {
        "tokenizer_class": "CodeLlamaTokenizer",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "add_bos_token": True,
        "add_eos_token": False,
        "fill_token": None,
        "prefix_token": None,
        "middle_token": None,
        "suffix_token": None,
        "eot_token": None,
    }
    return _save(tokenizer, folder, extra)


def _merges(vocab: dict[str, int]) -> list[tuple[str, str]]:
    """The merges of a SentencePiece BPE vocabulary: every split of a piece into two pieces, in order of the ids."""
    merges = []
    for piece, rank in vocab.items():
        pairs = [(piece[:i], piece[i:]) for i in range(1, len(piece))]
        known = [(vocab[a], vocab[b], a, b) for a, b in pairs if a in vocab and b in vocab]
        merges += [(rank, a, b) for _, _, a, b in sorted(known)]
    return [(a, b) for _, a, b in sorted(merges, key=lambda merge: merge[0])]


def _train_byte_level(texts: list[str], special: list[str]) -> Any:
    from tokenizers import Tokenizer, decoders, pre_tokenizers, trainers
    from tokenizers.models import BPE

    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=special,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _add_bos(tokenizer: Any, bos: str) -> None:
    from tokenizers.processors import TemplateProcessing

    tokenizer.post_processor = TemplateProcessing(
        single=f"{bos}:0 $A:0", special_tokens=[(bos, tokenizer.token_to_id(bos))]
    )


def _save(tokenizer: Any, folder: Path, extra: dict[str, Any]) -> dict[str, int]:
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {**extra, "clean_up_tokenization_spaces": False, "model_max_length": 4096}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n")
    ids = {f"{name}_token_id": extra.get(f"{name}_token") for name in ("bos", "eos", "pad")}
    found = {key: tokenizer.token_to_id(token) for key, token in ids.items() if token}
    return {"vocab_size": tokenizer.get_vocab_size(), **found}
