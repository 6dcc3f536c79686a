"""What is wrong with a recipe, in a line each: pydantic's findings with the keys as they stand in the file."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Mapping
from datetime import date
from typing import Any, get_args

from pydantic import BaseModel

Models = Mapping[Any, type[BaseModel]]


def problem(error: dict[str, Any], model: type[BaseModel], tags: Models, flags: Mapping[str, str]) -> str:
    """One line for one of ValidationError.errors(). `tags` are those of the model's unions; `flags` maps the keys that
    the command line gave to the options that gave them."""
    loc = list(error["loc"])
    if len(loc) > 2 and loc[0] == "sources":
        del loc[2]  # the tag, which is no key of the file
    key = ".".join(str(part) for part in loc if not str(part).startswith("("))
    if error["type"] == "extra_forbidden":
        return f"unknown key `{key}`{_nearest(str(loc[-1]), _known_keys(error['loc'], model, tags))}"
    if error["type"] == "missing":
        return f"`{key}` is missing"
    if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
        given = error["input"].get("kind", "") if isinstance(error["input"], dict) else ""
        kinds = [tag for tag in tags if not tag.startswith("(")]
        return f"`{key}.kind` must be one of {', '.join(kinds)}{_nearest(str(given), kinds)}"
    message = str(error["msg"]).removeprefix("Value error, ")
    message = "this is a mapping of keys" if error["type"] == "model_type" else message[:1].lower() + message[1:]
    if not isinstance(error["input"], (dict, list, BaseModel)):
        message += f", not {_shown(error['input'])}"
    flag = f" ({flags[key]})" if key in flags else ""
    return f"`{key}`{flag}: {message}" if key else message


def _known_keys(loc: tuple[Any, ...], model: type[BaseModel], tags: Models) -> list[str]:
    """The keys that may stand where `loc` ends, found by walking down the models."""
    for part in loc[:-1]:
        if part in tags and part not in model.model_fields:
            model = tags[part]
        elif part in model.model_fields:
            annotation = model.model_fields[part].annotation
            for candidate in (annotation, *get_args(annotation)):
                if isinstance(candidate, type) and issubclass(candidate, BaseModel):
                    model = candidate
    return list(model.model_fields)


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, date) else textwrap.shorten(repr(value), 60)


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f": did you mean `{near[0]}`?" if near else f" (known: {', '.join(known)})"
