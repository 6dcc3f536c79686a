"""What the values of a recipe may be, where YAML or Python would take something else for them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field


def _no_switch(value: Any) -> Any:
    """Python takes true for the number 1."""
    if isinstance(value, bool):
        raise ValueError("write a number; YAML reads on and yes as true, off and no as false")
    return value


def off_is_a_word(value: Any) -> Any:
    """YAML 1.1 reads a bare `off` as false."""
    return "off" if value is False else value


def _share_or_off(value: Any) -> Any:
    value = off_is_a_word(value)
    number = 0.0
    if isinstance(value, (int, float, str)) and not isinstance(value, bool) and value != "off":
        with suppress(ValueError, OverflowError):
            number = float(value)
    if value != "off" and not 0 < number <= 1:  # nan is neither
        raise ValueError("write a share above 0 and up to 1, such as 0.7, or off")
    return number or "off"


def _a_place(value: Any) -> Any:
    """Path("") would be the folder that the command runs in."""
    if isinstance(value, str) and (not value.strip() or "\0" in value):
        raise ValueError("name a file or folder; . is the folder that the command runs in")
    return value


Place = Annotated[Path, BeforeValidator(_a_place)]
Whole = Annotated[int, BeforeValidator(_no_switch)]
Number = Annotated[float, BeforeValidator(_no_switch)]
Ratio = Annotated[Number, Field(ge=0, lt=1, allow_inf_nan=False)]
Threshold = Annotated[float | Literal["off"], BeforeValidator(_share_or_off)]
