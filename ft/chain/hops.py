"""The hops that need no model loaded: base, tokenizer, template, stop tokens, files, and the weights of the merge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ft import checkpoint, export, merge, runs, verify
from ft.chain.corpus import Corpus
from ft.chain.distance import Distance
from ft.chain.golden import Golden
from ft.noise import noise_to
from prep.files import sha256_file

if TYPE_CHECKING:
    import torch

LOG = "parity.log"


@dataclass(frozen=True)
class Hop:
    """One step of the chain: what was compared, what was found, and what is wrong with it."""

    name: str
    found: str
    problem: str = ""
    cause: str = ""
    distance: Distance | None = None


@dataclass
class Work:
    """What the hops share."""

    folder: Path
    merged: Path
    values: dict[str, Any]
    record: dict[str, Any]
    corpus: Corpus
    logits: dict[str, list[torch.Tensor]]  # by model: base, adapter, merged, or a file's name
    golden: list[Golden]
    questions: list[tuple[list[int], int]]  # token ids, and the tokens of an answer at most; the golden ones last
    answers: dict[str, list[dict[str, Any]]]  # by model, to each question


def same_base(work: Work) -> Hop:
    before, path = runs.read(work.folder).get("base"), Path(str(work.values["base_model"]))
    if before and checkpoint.fingerprint(path) not in (None, before):
        return Hop("base", "", f"{path} is not what it was in training", "another model was put in its place")
    return Hop("base", f"{path}, as in training")


def same_adapter(work: Work) -> Hop:
    """The adapter's files are those that training left."""
    recorded: dict[str, str] = runs.read(work.folder).get("adapter") or {}
    for name, digest in recorded.items():
        path = work.folder / name
        if not path.is_file() or sha256_file(path) != digest:
            cause = "edited, or another run's was put in its place: put it back, or train again"
            return Hop("adapter", "", f"{path} is not as training left it", cause)
    return Hop("adapter", "as training left it" if recorded else "as it is: its run's record has no hash of it")


def same_tokenizer(work: Work) -> Hop:
    """Token ids of the run's examples: the trained tokenizer against the merged model's."""
    import transformers

    with noise_to(work.folder / LOG):
        other = transformers.AutoTokenizer.from_pretrained(work.merged)
    cause = "a file of merged/ is not the one of training: merge again"
    known = {number: token for token, number in other.get_vocab().items()}
    if problem := vocabulary_problem(work.corpus.tokenizer, known):
        return Hop("tokenizer", "", problem, cause)
    if more := sorted(known.keys() - work.corpus.tokenizer.get_vocab().values()):
        return Hop("tokenizer", "", f"id {more[0]} is {known[more[0]]!r}, and none of that id was trained", cause)
    texts = work.corpus.texts()
    found = [other(text, add_special_tokens=False)["input_ids"] for text in texts]
    return compare_tokens("tokenizer", work, texts, found, cause)


def vocabulary_problem(tokenizer: Any, known: dict[int, str], added: bool = True) -> str:
    """The first id that is another token than in training, whether or not an example holds it; `known` is id -> token
    of the other tokenizer. Without `added`, tokens beside the vocabulary are left out: GGUF writes them its own way."""
    own = tokenizer.added_tokens_decoder
    for token, number in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1]):
        if (added or number not in own) and known.get(number) != token:
            return f"id {number} is {known.get(number)!r}, and {token!r} was trained"
    return ""


def compare_tokens(name: str, work: Work, texts: list[str], found: list[list[int]], cause: str) -> Hop:
    """Both tokenizers on the same texts; the first difference is named."""
    tokenizer = work.corpus.tokenizer
    for text, row, ids in zip(texts, work.corpus.rows, found, strict=True):
        wanted = tokenizer(text, add_special_tokens=False)["input_ids"]
        if wanted != ids:
            return Hop(name, "", f"{row.place}: {difference(tokenizer, wanted, ids)}", cause)
    return Hop(name, f"the same token ids over {len(texts)} examples")


def difference(tokenizer: Any, wanted: list[int], found: list[int]) -> str:
    """The first place where two lists of tokens differ, in words."""
    place = next((i for i, (a, b) in enumerate(zip(wanted, found, strict=False)) if a != b), None)
    if place is None:
        return f"{len(wanted)} tokens were trained, and here are {len(found)}"
    one, other = (f"{ids[place]} {tokenizer.convert_ids_to_tokens(ids[place])!r}" for ids in (wanted, found))
    return f"token {place} is {other}, and {one} was trained"


def same_template(work: Work) -> Hop:
    """The chat template: rendered by that of training and by that of the merged model."""
    import transformers

    if not work.corpus.chats:
        return Hop("template", "the data is no chat: none is needed")
    with noise_to(work.folder / LOG):
        other = transformers.AutoTokenizer.from_pretrained(work.merged)
    cause = "chat_template.jinja of merged/"
    found = compare_texts("template", work, [rendered(other, chat) for chat in to_render(work)], cause)
    return found if found.problem else same_source(found, work, other.chat_template, cause)


def same_source(found: Hop, work: Work, template: str | None, cause: str) -> Hop:
    """Also what none of the chats reaches, such as a system text, is written as it was trained."""
    trained = work.corpus.tokenizer.chat_template
    if not work.corpus.chats or template == trained or not isinstance(trained, str):
        return found
    where = text_difference(trained, template or "")
    return Hop(found.name, "", f"chats are rendered alike, and its text has {where}", cause)


def to_render(work: Work) -> list[list[dict[str, Any]]]:
    """Each chat whole, as it was trained, and without its answer, as it is sent to a model."""
    return [part for chat in work.corpus.chats for part in (chat, chat[:-1])]


def sent(work: Work) -> list[tuple[str, list[int]]]:
    """What comes to llama.cpp as plain text, and the tokens that were trained: prompts, or questions of chats as Ollama
    renders them, without the token that begins a text (BOS), which the file has llama.cpp put."""
    tokenizer = work.corpus.tokenizer
    if not work.corpus.chats:
        return [(text, list(tokenizer(text)["input_ids"])) for text in work.corpus.prompts()]
    texts = [rendered(tokenizer, chat) for chat in to_render(work)[1::2]]
    ids = [list(tokenizer(text, add_special_tokens=False)["input_ids"]) for text in texts]
    return [(text.removeprefix(tokenizer.bos_token or ""), found) for text, found in zip(texts, ids, strict=True)]


def compare_texts(name: str, work: Work, found: list[str], cause: str) -> Hop:
    """Chats rendered by the trained template and by another; the first difference is named."""
    for number, (chat, text) in enumerate(zip(to_render(work), found, strict=True)):
        wanted = rendered(work.corpus.tokenizer, chat)
        if wanted != text:
            return Hop(name, "", f"chat {number // 2 + 1}: {text_difference(wanted, text)}", cause)
    return Hop(name, f"the same text for {len(found) // 2} chats" if found else "the data is no chat: none is needed")


def rendered(tokenizer: Any, chat: list[dict[str, Any]]) -> str:
    """A chat as text; where its last turn is a question, with what makes a model answer."""
    from jinja2 import TemplateError

    asked = chat[-1]["role"] != "assistant"
    try:
        return tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=asked)
    except (TemplateError, ValueError) as error:  # no template at all is a ValueError
        return f"error: {error}"


def text_difference(wanted: str, found: str) -> str:
    place = next((i for i, (a, b) in enumerate(zip(wanted, found, strict=False)) if a != b), None)
    place = min(len(wanted), len(found)) if place is None else place
    return f"{found[place : place + 30]!r} where training had {wanted[place : place + 30]!r}"


def ends_in_merged(work: Work) -> Hop:
    """What the model was taught to stop with is what transformers stops at: its tokenizer's own end does not count."""
    named = set(checkpoint.ends(work.merged))
    return compare_ends("stop token", work, named, "eos_token_id of merged/generation_config.json")


def compare_ends(name: str, work: Work, named: set[int], cause: str) -> Hop:
    tokens = work.corpus.tokenizer.convert_ids_to_tokens
    missing = sorted(work.corpus.ends() - named)
    if missing:
        return Hop(name, "", f"answers were trained to end with {', '.join(tokens(missing))}: no end here", cause)
    ordinary = named - work.corpus.special()
    if cut := sorted((work.corpus.inside() & named) | ordinary):
        return Hop(name, "", f"answers would be cut off at {', '.join(map(repr, tokens(cut)))}", cause)
    ended = ", ".join(tokens(sorted(work.corpus.ends()))) or "nothing special"
    return Hop(name, f"answers end with {ended}")


def same_file(work: Work, name: str) -> Hop:
    """The file is the one that was exported, of this merged model."""
    path, entry, form = work.folder / "gguf" / name, work.record["files"][name], form_of(work, name)
    if work.record.get("merged") != export.fingerprint(work.merged):
        return Hop(form, "", "it was made of another merged model", "merged again after the export: export again")
    if not path.is_file() or path.stat().st_size != entry["bytes"]:
        return Hop(form, "", f"{path} is not whole", "cut off or removed after the export: export again")
    if sha256_file(path) != entry["sha256"]:
        return Hop(form, "", f"{path} is not what was exported", "changed after the export: export again")
    return Hop(form, f"{entry['bytes'] / 1e6:.1f} MB, as exported")


def form_of(work: Work, name: str) -> str:
    return export.form_of(work.folder, name)


def weights(work: Work) -> Hop:
    found = verify.compare_weights(merge.target(work.values), work.merged, work.folder)
    wrong = [*found.off, *found.unexpected, *found.unchanged]
    if wrong or not found.changed:
        return Hop(
            "merged weights",
            "",
            f"not base + adapter: {', '.join(wrong[:3]) or 'the base, byte for byte'}",
            "merged into another base, or with another adapter: merge again",
        )
    return Hop("merged weights", f"{found.changed} tensors are base + adapter, all others the base's")
