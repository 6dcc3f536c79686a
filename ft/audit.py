"""The checks that need the tokenizer: that code survives it; masks, lengths and packing of the data as tokenised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ft import data, masks, probe, ranges, wording
from ft.findings import Report
from ft.known import model_of
from ft.lengths import WORST, Lengths, measure
from ft.recipe import SEQUENCE_LEN, Recipe
from ft.tokenised import Reader, Row, reader, rows, tokenizer_folder
from prep.errors import UserError

Made = list[tuple[list[int], list[int], probe.Contents]]
_ACTIONS = {
    "drop": "dropped",
    "truncate": "cut, and lose the end of their answer",
    "raise": "refused: the run would stop",
}


def tokenised(recipe: Recipe, max_cut: float, report: Report) -> None:
    """Add what is found to `report`; without a tokenizer, that nothing of it could be checked."""
    try:
        tokenizer_folder(recipe.values)
    except UserError as error:
        report.skip("tokenizer, masks, lengths", f"the tokenizer is not here: {error}")
        return
    try:
        read = reader(recipe.values)
    except UserError as error:
        report.add("tokenizer", str(error))
        return
    _round_trip(recipe, read, report)
    _vocabulary(recipe, read, report)
    rows_of = {"datasets": 0, "test_datasets": 0}
    for key in rows_of:
        for index, entry in enumerate(read.config.get(key) or []):
            made = list(probe.tokenised(read, entry))
            _wording(read, entry, made, report)
            try:
                found = list(rows(read, key, index))
            except UserError as error:
                report.add("masks", str(error))
                continue
            _masks(recipe, read, entry, (made, found), report)
            rows_of[key] += len(found)
            _packing(recipe, key, _lengths(recipe, (key, entry), found, max_cut, report), report)
    _split(float(ranges.number(recipe.values.get("val_set_size")) or 0), rows_of["datasets"], report)


def _split(size: float, count: int, report: Report) -> None:
    """Whether `val_set_size` leaves anything to train on of so many rows."""
    if size >= 1 and count and size >= count:
        text = f"val_set_size is {size:g}, the training data has {count:,} rows: nothing would be left to train on"
        report.add("data", text, "val_set_size: 0.05")


def _round_trip(recipe: Recipe, read: Reader, report: Report) -> None:
    from ft.tokenizers import roundtrip

    alone = any(str(entry.get("type")) != "chat_template" for entry in recipe.values.get("datasets") or [])
    if lost := roundtrip(read.tokenizer, alone):
        report.add("tokenizer", lost)
    report.checked.append(("tokenizer", f"decode(encode(code)) == code by {type(read.tokenizer).__name__}"))


def _vocabulary(recipe: Recipe, read: Reader, report: Report) -> None:
    """Tokens that the recipe names and the tokenizer has not; a tokenizer with more tokens than the model knows."""
    for token in recipe.values.get("eot_tokens") or []:
        if len(read.tokenizer.encode(token, add_special_tokens=False)) != 1:
            text = f"eot_tokens: {token} is no token of this tokenizer: turns do not end in it, and it is passed over"
            report.add("tokenizer", text, f'eot_tokens: ["{read.tokenizer.eos_token}"]')
    try:
        known = model_of(recipe).vocabulary
    except UserError:  # of a model that is not here, or a value that is named already
        return
    if len(read.tokenizer) > known and not recipe.values.get("tokens"):
        whose = recipe.values.get("tokenizer_config") or recipe.values.get("base_model")
        text = f"the tokenizer {whose} has {len(read.tokenizer):,} tokens, the model {known:,}: is it another model's?"
        report.add("tokenizer", f"{text} What is above would be random vectors, never trained")


def _wording(read: Reader, entry: Any, made: Made, report: Report) -> None:
    """The chat template of an entry: what it makes of words, and whether a text begins as the model knows texts to."""
    if entry.type != "chat_template":
        return
    facts = probe.facts(read.tokenizer, made)
    opened = any(masks.opens(ids, labels, contents[-1][1], facts) for ids, labels, contents in made)
    for finding in wording.faults(read, entry, data.roles(entry), opened):
        if finding not in report.findings:
            report.findings.append(finding)
    bos = read.tokenizer.bos_token_id
    if bos is not None and read.tokenizer.encode("x")[0] == bos and any(ids[:1] != [bos] for ids, _, _ in made):
        text = (
            f"{entry.path}: examples begin without {read.tokenizer.bos_token}, which this tokenizer puts before a text"
        )
        report.add(
            "template", f"{text}: the chat template does not write it", 'begin the template with "{{ bos_token }}"'
        )


def _masks(recipe: Recipe, read: Reader, entry: Any, both: tuple[Made, list[Row]], report: Report) -> None:
    """`both`: made-up conversations, and the rows of the data."""
    made, found = both
    facts = probe.facts(read.tokenizer, made)
    seen = masks.audit(((row.input_ids, row.labels, _name(row)) for row in found), facts)
    if unclear := seen.faults.pop("shape", []):
        report.skip(
            f"masks of {entry.path}", f"turns cannot be told apart in {len(unclear)} examples, see {unclear[0]}"
        )
    if not facts.known:
        report.skip(f"roles of {entry.path}", f"data of type '{entry.type}' has no turns to tell apart", proved=True)
    by_design = any(entry.get(f"message_field_training{detail}") for detail in ("", "_detail"))
    for fault, places in seen.faults.items():
        if not (by_design and fault == "untrained"):
            cause, fix = _cause(fault, recipe.values, entry, [facts.pieces[i] for i in +seen.untrained_ends])
            text = f"{entry.path}: {masks.FAULTS[fault]} in {len(places):,} of {seen.examples:,} examples"
            report.add("masks", f"{text}: {cause} (the first: {places[0]})", fix, note=fault == "eos")
    _ends(read, entry, seen, facts, report)
    if not facts.known and not str(entry.type).startswith("completion"):  # which is cut into pieces
        _last(entry, found, facts, report)
    several = masks.audit(((ids, labels, "") for ids, labels, _ in made), facts)
    _several_turns(recipe, entry, (seen, several), facts, report)
    shares = ", ".join(
        f"{role} {seen.trained[role] / count:.0%}" for role, count in sorted(seen.tokens.items()) if count
    )
    report.checked.append(("masks", f"{entry.path}: trained of {shares}"))


def _cause(fault: str, values: Mapping[str, Any], entry: Any, ends: list[str]) -> tuple[str, str]:
    """Why a recipe has this fault, and the line that mends it."""
    trained = entry.get("roles_to_train")
    when = entry.get("train_on_eot") or entry.get("train_on_eos")
    named = values.get("eot_tokens") or []
    if fault in ("masked", "untrained") and trained is not None and "assistant" not in trained:
        return f"roles_to_train is {list(trained)}", "roles_to_train: [assistant]"
    if fault in ("inputs", "masked", "untrained") and values.get("train_on_inputs"):
        return "train_on_inputs is true", "train_on_inputs: false"
    if fault == "inputs" and trained and set(trained) - {"assistant"}:
        return f"roles_to_train is {list(trained)}", "roles_to_train: [assistant]"
    if fault == "end" and when in ("none", "last"):
        return f"train_on_eos is {when}", "train_on_eos: turn"
    if fault == "end" and set(ends) - set(named):
        wanted = ", ".join(f'"{token}"' for token in dict.fromkeys([*named, *ends]))
        return f"{' and '.join(ends)} is no end of turn to Axolotl", f"eot_tokens: [{wanted}]"
    return _OTHER_CAUSES.get(fault, ("look at it with python -m ft preview", ""))


_OTHER_CAUSES = {
    "no end": (
        "the chat template writes none after an answer, or one that this tokenizer does not have, so the model never "
        "learns to stop",
        "chat_template: tokenizer_default",
    ),
    "final": (
        "the rows have no 'thinking', not even an empty one, or the recipe does not name its field",
        "field_thinking: thinking\ntemplate_thinking_key: thinking",
    ),
    "eos": ("the rows themselves hold its text, and the model learns to stop, or reads an end, there", ""),
    "bos": ("the chat template writes it although the tokenizer does", ""),
    "masked": ("nothing of it would be learnt, Axolotl drops it or trains on nothing", ""),
}


def _last(entry: Any, found: list[Row], facts: masks.Facts, report: Report) -> None:
    """Where turns cannot be told apart: whether each example teaches to stop at its end."""
    endless = [r for r in found if r.input_ids[-1] not in facts.special or r.labels[-1] == masks.NOT_TRAINED]
    if endless:
        text = f"{entry.path}: {len(endless):,} of {len(found):,} examples do not end in a trained end token"
        cause = "the model never learns to stop"
        report.add("masks", f"{text}: {cause} (the first: {_name(endless[0])})", "write the eos token at their end")


def _ends(read: Reader, entry: Any, seen: masks.Audit, facts: masks.Facts, report: Report) -> None:
    """Whether generation stops at a token that answers are taught to end in."""
    stops = {read.tokenizer.eos_token_id, *_generation_eos(read)}
    if seen.ends and not stops & set(seen.ends):
        taught = facts.pieces[seen.ends.most_common(1)[0][0]]
        text = f"{entry.path}: answers end in {taught}, but generation stops at {read.tokenizer.eos_token}"
        report.add("masks", text, f'special_tokens:\n  eos_token: "{taught}"')


def _generation_eos(read: Reader) -> list[int]:
    from transformers import GenerationConfig

    try:
        found = GenerationConfig.from_pretrained(read.config.tokenizer_config).eos_token_id
    except OSError:  # a model need not have one
        return []
    return found if isinstance(found, list) else [found] if found is not None else []


def _several_turns(
    recipe: Recipe, entry: Any, audits: tuple[masks.Audit, masks.Audit], facts: masks.Facts, report: Report
) -> None:
    """A note where the data is masked right, and conversations of several turns would not be. `audits`: of the data,
    and of made-up conversations."""
    seen, several = audits
    for fault in ("end", "no end"):
        if fault in several.faults and fault not in seen.faults:
            cause, fix = _cause(fault, recipe.values, entry, [facts.pieces[i] for i in +several.untrained_ends])
            text = f"{entry.path}: {masks.FAULTS[fault]} in conversations of several turns, of which there are none: "
            report.add("masks", text + cause, fix, note=True)


def _lengths(recipe: Recipe, where: tuple[str, Any], found: list[Row], max_cut: float, report: Report) -> Lengths:
    key, entry = where
    limit = int(recipe.values.get("sequence_len") or SEQUENCE_LEN)
    limit = int(recipe.values.get("eval_sequence_len") or limit) if key == "test_datasets" else limit
    lengths = measure(((len(row.input_ids), _name(row)) for row in found), limit)
    least = int(recipe.values.get("min_sample_len") or 0)
    if short := sum(length < least for length, _ in lengths.ordered):
        text = f"{entry.path}: {short:,} of {len(found):,} are dropped, they are below min_sample_len ({least} tokens)"
        report.add("lengths", text, note=short <= max_cut * len(found))
    action = _ACTIONS.get(str(recipe.values.get("excess_length_strategy") or "drop").lower(), "dropped")
    summary = f"{entry.path}: {len(lengths.over):,} of {len(found):,} above {limit} tokens ({lengths.share:.1%})"
    report.checked.append(("lengths", f"{summary}; half below {lengths.quantile(0.5)}, longest {lengths.quantile(1)}"))
    if lengths.over:
        worst = "; ".join(f"{name} has {length}" for length, name in lengths.over[:WORST])
        fix = f"sequence_len: {lengths.fitting(max_cut)}" if lengths.share > max_cut else ""
        stops = recipe.values.get("excess_length_strategy") == "raise"
        text = f"{summary} are {action} (at most {max_cut:.0%} may be; the longest: {worst})"
        report.add("lengths", text, fix, note=lengths.share <= max_cut and not stops)
    return lengths


def _packing(recipe: Recipe, key: str, lengths: Lengths, report: Report) -> None:
    """Whether what is left fills at least one batch: a split too small to pack gives no step, and no evaluation."""
    values, training = recipe.values, key == "datasets"
    packed = values.get("sample_packing") and (training or values.get("eval_sample_packing") is not False)
    batch = int(values.get("micro_batch_size") or 1)
    batch = batch if training else int(values.get("eval_batch_size") or batch)
    if not lengths.ordered or (len(lengths.over) == len(lengths.ordered) and not _cuts(values)):
        report.add("packing", f"{key}: no example is left")
        return
    kept = lengths.kept_tokens + len(lengths.over) * lengths.limit * _cuts(values)
    if packed and kept < batch * lengths.limit:
        text = f"{key}: {kept:,} tokens are less than one packed batch of {batch} x {lengths.limit}"
        report.add("packing", text, "sample_packing: false" if training else "eval_sample_packing: false")


def _cuts(values: Mapping[str, Any]) -> bool:
    """Whether what is too long is kept, without its end."""
    return str(values.get("excess_length_strategy")).lower() == "truncate"


def _name(row: Row) -> str:
    return f"{row.place} ({row.source})" if row.source else row.place
