"""The dataset recipe, configs/data/NAME.yaml: what it may say, and every mistake in it at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StrictInt,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from prep import yaml_file
from prep.errors import UserError
from prep.problems import problem
from prep.values import Number, Place, Ratio, Threshold, Whole, off_is_a_word

Override = dict[tuple[str, ...], Any]  # ("split", "val") -> 0.2
FLAGS = {"seed": "--seed", "split.val": "--val-ratio", "split.test": "--test-ratio"}


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SplitRatios(Strict):
    val: Ratio = 0.1
    test: Ratio = 0.1

    @model_validator(mode="after")
    def _leaves_train(self) -> Self:
        if self.val + self.test >= 1:
            raise ValueError(f"val {self.val:g} + test {self.test:g} must be below 1, to leave something for train")
        return self


class CommandCheck(Strict):
    """A checker of code: exit code 0 is code that loads. `{file}` is where the script's path goes.

    Each text is put into a folder of its own: what code includes from beside it is not there.
    """

    command: list[str] = Field(min_length=1)


class SqlCheck(Strict):
    """sqlglot's parser for one dialect, such as postgres."""

    sql: str


def _sort_of_check(value: Any) -> str | None:
    if isinstance(value, dict):
        return "(sql)" if "sql" in value else "(command)"
    return "(name)" if value is None or value in get_args(CheckName) else None


CheckName = Literal["autohotkey", "python", "json", "sql", "off"]
Check = Annotated[
    Annotated[CheckName | None, Tag("(name)")]
    | Annotated[CommandCheck, Tag("(command)")]
    | Annotated[SqlCheck, Tag("(sql)")],
    Discriminator(
        _sort_of_check,
        custom_error_type="check",
        custom_error_message=f"write {', '.join(get_args(CheckName))}, {{sql: DIALECT}}, or any checker as the command "
        'that it is started by, such as {command: [luac, -p, "{file}"]}',
    ),
]


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
    root: Place
    include: list[str] = Field(["**/*.ahk", "**/*.ah2"], min_length=1)
    exclude: list[str] = []
    language: str = Field("AutoHotkey v2", min_length=1)
    check: Check = None
    comments: Comments | None = None

    _off = field_validator("check", mode="before")(off_is_a_word)


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
    path: Place
    columns: Columns
    delimiter: str = Field(",", min_length=1, max_length=1)
    language: str = Field("AutoHotkey v2", min_length=1)


class Removed(Strict):
    """A CSV file of names that a language does not have, each with what it has in their place (may be empty)."""

    kind: Literal["removed"]
    path: Place
    name: str = "Name"
    replacement: str = "Replacement"
    delimiter: str = Field(",", min_length=1, max_length=1)
    language: str = Field("AutoHotkey v2", min_length=1)


class Task(Strict):
    """`weight`: examples of this task for each document, on average; 0.3 is three in ten documents, drawn by hash."""

    takes: ClassVar[tuple[str, ...]] = ("scripts",)
    most: ClassVar[int] = 10
    weight: Number = Field(default=1, gt=0, allow_inf_nan=False)

    @field_validator("weight")
    @classmethod
    def _can_be_had(cls, weight: float) -> float:
        if weight > cls.most:
            raise ValueError(f"at most {cls.most}: this task makes no more of one document")
        return weight


class Write(Task):
    """Header comment -> script, asked for in as many ways."""

    most = 5


class Complete(Task):
    """A beginning, cut at a statement boundary -> the rest."""


class Fim(Task):
    """What is before and behind a gap -> what is in it, in `family`'s own sentinels; goes to SPLIT.fim.jsonl."""

    family: Literal["codellama", "deepseek", "starcoder", "qwen"]


class Explain(Task):
    """A script without its comments -> what its author wrote that it does."""

    most = 3


class Repair(Task):
    """A script with one fault and the interpreter's message -> the script. AutoHotkey only."""


class Convert(Task):
    """Lines of AutoHotkey v1 -> the same in v2."""


class Reference(Task):
    """`phrasings`: how many questions at most are asked about one entry; a `weight` below 1 leaves entries out."""

    takes = ("table",)
    most = 1
    phrasings: Whole = Field(default=3, ge=1, le=3)


class Exists(Task):
    """Does the language have this name? Yes for a table's entries, no for removed names."""

    takes = ("table", "removed")
    most = 4


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
    leakage: the build fails when a test document is more alike to a training document than this. benchmarks: files of
    tasks that models are judged by (JSONL); what is nearly one of these is left out.
    """

    min_chars: Whole = Field(default=1, ge=0)
    max_chars: Whole = Field(default=200_000, ge=1)
    engine: Literal["require", "prefer", "off"] = "require"
    missing_includes: Literal["reject", "keep"] = "reject"
    secrets: Literal["redact", "reject", "off"] = "redact"
    near_duplicates: Threshold = 0.7
    leakage: Threshold = 0.7
    benchmarks: list[Place] = []

    _off = field_validator("engine", "secrets", mode="before")(off_is_a_word)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_chars > self.max_chars:
            raise ValueError(f"min_chars {self.min_chars} is above max_chars {self.max_chars}")
        return self


Source = Annotated[Scripts | Table | Removed, Field(discriminator="kind")]
KINDS: dict[str, type[BaseModel]] = {"scripts": Scripts, "table": Table, "removed": Removed}
TAGS: dict[str, type[BaseModel]] = {**KINDS, "(command)": CommandCheck, "(sql)": SqlCheck}


class Recipe(Strict):
    """`tokenizer`, a folder, a tokenizer.json or a name on the Hub, counts the tokens on the card; else an estimate."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    seed: StrictInt = 42
    tokenizer: str | None = Field(None, min_length=1)
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
    data = yaml_file.read(path)
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
        overridden = {key: flag for key, flag in FLAGS.items() if tuple(key.split(".")) in overrides}
        found = [problem(dict(item), Recipe, TAGS, overridden) for item in error.errors()]
    if len(found) == 1:
        raise UserError(f"{path}: {found[0]}")
    raise UserError("\n  ".join([f"{path}: {len(found)} problems", *found]))
