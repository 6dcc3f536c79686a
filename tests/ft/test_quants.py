"""The names of llama.cpp's forms, as people type them."""

from __future__ import annotations

import pytest

from ft import quants
from prep.errors import UserError


def test_names_are_taken_in_order_each_once() -> None:
    assert quants.parse("q4_k_m, Q8_0,Q4_K") == ["Q4_K_M", "Q8_0"]
    assert quants.parse("") == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("Q4_KM", "did you mean Q4_K_M?"),
        ("Q8", "did you mean Q8_0?"),
        ("zzz", "there are Q2_K"),
        ("IQ2_XS", "needs an importance matrix"),
        ("f16", "the unquantised file is always made"),
    ],
)
def test_what_is_no_name_is_answered_with_one(given: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        quants.parse(f"Q8_0,{given}")
    assert given in str(caught.value) and says in str(caught.value)


def test_every_name_is_llama_cpps() -> None:
    llama_cpp = pytest.importorskip("llama_cpp")
    assert all(hasattr(llama_cpp, f"LLAMA_FTYPE_MOSTLY_{name}") for name in quants.QUANTS)
