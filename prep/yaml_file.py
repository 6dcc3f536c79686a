"""A YAML file as plain values, or the line and column where it is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from prep.errors import UserError
from prep.files import file_bytes


def read(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file. Raises UserError for anything else, and for a key that is there twice."""
    try:
        data = yaml.load(file_bytes(path), Loader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        beside = sorted(other.name for other in path.parent.glob("*.yaml"))
        raise UserError(f"{path}: no such recipe" + (f"; here are {', '.join(beside[:8])}" if beside else "")) from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise broken(path, error) from None
    except RecursionError:
        raise UserError(f"{path}: nested too deeply for a recipe") from None
    if not isinstance(data, dict):
        raise UserError(f"{path}: a recipe is a YAML mapping of keys to values, this is {type(data).__name__}")
    return data


def broken(path: Path, error: Exception) -> UserError:
    """Where a file is no YAML, and why."""
    mark = getattr(error, "problem_mark", None)
    where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable text"
    return UserError(f"{where}: not valid YAML: {problem}")


class Loader(yaml.SafeLoader):
    """YAML's own loader keeps the last of two equal keys in silence, and fails in many ways on odd values."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _at(key, "a key must be a word; put quotes around a value that begins with { or [")
            if key.value in seen:
                raise _at(key, f"the key {key.value!r} is here twice")
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, AttributeError, IndexError):  # what the conversion of a scalar to its type may raise
            type_ = node.tag.rpartition(":")[2]
            shown = repr(node.value[:40]) if isinstance(node.value, str) else "this"
            raise _at(node, f"{shown} is no {type_}: put quotes around it") from None


def _at(node: yaml.Node, problem: str) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
