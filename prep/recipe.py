"""The dataset recipe, configs/data/NAME.yaml: what it may say, and every mistake in it at once."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    ValidationError,
    field_validator,
    model_validator,
)

from prep.errors import UserError

Ratio = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
Override = dict[tuple[str, ...], Any]  # ("split", "val") -> 0.2
FLAGS = {"seed": "--seed", "split.val": "--val-ratio", "split.test": "--test-ratio"}


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _off_is_a_word(value: Any) -> Any:
    """YAML 1.1 reads a bare `off` as false."""
    return "off" if value is False else value


class SplitRatios(Strict):
    val: Ratio = 0.1
    test: Ratio = 0.1

    @model_validator(mode="after")
    def _leaves_train(self) -> Self:
        if self.val + self.test >= 1:
            raise ValueError(f"val {self.val:g} + test {self.test:g} must be below 1, to leave something for train")
        return self


class CommandCheck(Strict):
    """A checker of code: exit code 0 is code that loads. `{file}` is where the script's path goes."""

    command: list[str] = Field(min_length=1)


class SqlCheck(Strict):
    """sqlglot's parser for one dialect, such as postgres."""

    sql: str


class Comments(Strict):
    """How a language writes comments: the sign before a line, and the pair around a block."""

    line: str = Field("", max_length=10)
    block: tuple[str, str] = ("", "")


class Scripts(Strict):
    """Every file below `root` that a glob of `include` matches and none of `exclude` does.

    `check` judges them: a judge's name, a command, or off; left out, the language's own. `comments` is needed for
    languages whose comments are not known here.
    """

    kind: Literal["scripts"]
    root: Path
    include: list[str] = Field(["**/*.ahk", "**/*.ah2"], min_length=1)
    exclude: list[str] = []
    language: str = "AutoHotkey v2"
    check: Literal["autohotkey", "python", "json", "sql", "off"] | CommandCheck | SqlCheck | None = None
    comments: Comments | None = None

    _off = field_validator("check", mode="before")(_off_is_a_word)


class Columns(Strict):
    """Our field name -> the header of the column that holds it. A field left out is not read.

    `category` only groups the counts; `type` is that of the value which a variable or property holds.
    """

    name: str
    description: str
    kind: str | None = None
    category: str | None = None
    signature: str | None = None
    parameters: str | None = None
    type: str | None = None
    returns: str | None = None


class Table(Strict):
    """A CSV file of reference entries, one a row."""

    kind: Literal["table"]
    path: Path
    columns: Columns
    delimiter: str = Field(",", min_length=1, max_length=1)
    language: str = "AutoHotkey v2"


class Removed(Strict):
    """A CSV file of names that a language does not have, each with what it has in their place (may be empty)."""

    kind: Literal["removed"]
    path: Path
    name: str = "Name"
    replacement: str = "Replacement"
    delimiter: str = Field(",", min_length=1, max_length=1)
    language: str = "AutoHotkey v2"


class Task(Strict):
    """`weight`: examples of this task for each document, on average; 0.3 is three in ten documents, drawn by hash."""

    takes: ClassVar[tuple[str, ...]] = ("scripts",)
    weight: float = Field(default=1, gt=0, le=10, allow_inf_nan=False)


class Write(Task):
    """Header comment -> script."""


class Complete(Task):
    """A beginning, cut at a statement boundary -> the rest."""


class Fim(Task):
    """What is before and behind a gap -> what is in it, in `family`'s own sentinels; goes to SPLIT.fim.jsonl."""

    family: Literal["codellama", "deepseek", "starcoder", "qwen"]


class Explain(Task):
    """A script without its comments -> what its author wrote that it does."""


class Repair(Task):
    """A script with one fault and the interpreter's message -> the script. AutoHotkey only."""


class Convert(Task):
    """Lines of AutoHotkey v1 -> the same in v2."""


class Reference(Task):
    """`phrasings`: how many questions at most are asked about one entry."""

    takes: ClassVar[tuple[str, ...]] = ("table",)
    phrasings: int = Field(default=3, ge=1, le=3)


class Exists(Task):
    """Does the language have this name? Yes for a table's entries, no for removed names."""

    takes: ClassVar[tuple[str, ...]] = ("table", "removed")


class Tasks(Strict):
    write: Write | None = None
    complete: Complete | None = None
    fim: Fim | None = None
    explain: Explain | None = None
    repair: Repair | None = None
    convert: Convert | None = None
    reference: Reference | None = None
    exists: Exists | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _bare_key_means_defaults(cls, value: Any) -> Any:
        return {} if value is None else value


class Quality(Strict):
    """What a document must be. Lengths are in characters, both bounds included.

    engine: `require` drops code that its judge refuses, and stops where there is no judge; `prefer` goes on without
    one. near_duplicates: documents at least this alike (Jaccard index of words and word pairs) stay in one split.
    leakage: the build fails when a test document is more alike to a training document than this.
    """

    min_chars: int = Field(default=1, ge=0)
    max_chars: int = Field(default=200_000, ge=1)
    engine: Literal["require", "prefer", "off"] = "require"
    missing_includes: Literal["reject", "keep"] = "reject"
    secrets: Literal["redact", "reject", "off"] = "redact"
    near_duplicates: Annotated[float, Field(gt=0, le=1)] | Literal["off"] = 0.7
    leakage: Annotated[float, Field(gt=0, le=1)] | Literal["off"] = 0.7

    _off = field_validator("engine", "secrets", "near_duplicates", "leakage", mode="before")(_off_is_a_word)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_chars > self.max_chars:
            raise ValueError(f"min_chars {self.min_chars} is above max_chars {self.max_chars}")
        return self


Source = Annotated[Scripts | Table | Removed, Field(discriminator="kind")]
KINDS: dict[str, type[Strict]] = {"scripts": Scripts, "table": Table, "removed": Removed}


class Recipe(Strict):
    """`tokenizer`, a folder, a tokenizer.json or a name on the Hub, counts the tokens on the card; else an estimate."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    seed: StrictInt = 42
    tokenizer: str | None = None
    split: SplitRatios = SplitRatios()
    sources: list[Source] = Field(min_length=1)
    tasks: Tasks
    quality: Quality = Quality()

    @model_validator(mode="after")
    def _every_source_has_a_task(self) -> Self:
        chosen = [task for name in Tasks.model_fields if (task := getattr(self.tasks, name))]
        for index, source in enumerate(self.sources):
            if source.kind not in {kind for task in chosen for kind in task.takes}:
                raise ValueError(f"sources.{index} is of kind {source.kind}, and no task in `tasks` takes that kind")
        return self


def load_recipe(path: Path, overrides: Override | None = None) -> Recipe:
    """Read and validate. Raises UserError with one line for each problem, in the file or in an override."""
    data = _read_yaml(path)
    overrides = overrides or {}
    for (*parents, last), value in overrides.items():
        target = data
        for parent in parents:
            target = target.setdefault(parent, {}) if isinstance(target, dict) else target
        if isinstance(target, dict):  # otherwise validation says what is wrong with it
            target[last] = value
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        overridden = {".".join(key) for key in overrides}
        problems = [_problem(dict(item), overridden) for item in error.errors()]
    if len(problems) == 1:
        raise UserError(f"{path}: {problems[0]}")
    raise UserError("\n  ".join([f"{path}: {len(problems)} problems", *problems]))


class _UniqueKeys(yaml.SafeLoader):
    """YAML's own loader keeps the last of two equal keys in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                problem = f"the key {key.value!r} is here twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        data = yaml.load(path.read_bytes(), _UniqueKeys)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        beside = sorted(other.name for other in path.parent.glob("*.yaml"))
        raise UserError(f"{path}: no such recipe" + (f"; here are {', '.join(beside[:8])}" if beside else "")) from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable text"
        raise UserError(f"{where}: not valid YAML: {problem}") from None
    if not isinstance(data, dict):
        raise UserError(f"{path}: a recipe is a YAML mapping of keys to values, this is {type(data).__name__}")
    return data


def _problem(error: dict[str, Any], overridden: set[str]) -> str:
    """One problem of pydantic's in one line: the key as it stands in the file, and what is wrong with it."""
    loc = list(error["loc"])
    if len(loc) > 2 and loc[0] == "sources":
        del loc[2]  # the discriminator, which is no key of the file
    key = ".".join(map(str, loc))
    if error["type"] == "extra_forbidden":
        return f"unknown key `{key}`{_nearest(str(loc[-1]), _known_keys(error['loc']))}"
    if error["type"] == "missing":
        return f"`{key}` is missing"
    if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
        given = error["input"].get("kind", "") if isinstance(error["input"], dict) else ""
        return f"`{key}.kind` must be one of {', '.join(KINDS)}{_nearest(str(given), list(KINDS))}"
    message = str(error["msg"]).removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if not isinstance(error["input"], (dict, list, BaseModel)):
        message += f", not {error['input']!r}"
    flag = f" ({FLAGS[key]})" if key in overridden else ""
    return f"`{key}`{flag}: {message}" if key else message


def _known_keys(loc: tuple[Any, ...]) -> list[str]:
    """The keys that may stand where `loc` ends, found by walking down the models."""
    model: type[BaseModel] = Recipe
    for part in loc[:-1]:
        if part in KINDS and part not in model.model_fields:
            model = KINDS[part]
        elif part in model.model_fields:
            annotation = model.model_fields[part].annotation
            for candidate in (annotation, *get_args(annotation)):
                if isinstance(candidate, type) and issubclass(candidate, BaseModel):
                    model = candidate
    return list(model.model_fields)


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f": did you mean `{near[0]}`?" if near else f" (known: {', '.join(known)})"
