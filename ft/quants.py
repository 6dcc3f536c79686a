"""The forms in which llama.cpp stores weights, by the names that people know; no importance matrix is needed here."""

from __future__ import annotations

import difflib

from prep.errors import UserError

# Name -> bits a weight at most, embeddings and head included (llama.cpp's own table, rounded up).
QUANTS = {
    "Q2_K": 3.5,
    "Q3_K_S": 4.0,
    "Q3_K_M": 4.4,
    "Q3_K_L": 4.7,
    "IQ4_XS": 4.8,
    "IQ4_NL": 5.0,
    "Q4_0": 5.1,
    "Q4_K_S": 5.1,
    "Q4_K_M": 5.3,
    "Q4_1": 5.5,
    "Q5_0": 6.0,
    "Q5_K_S": 6.0,
    "Q5_K_M": 6.1,
    "Q5_1": 6.4,
    "Q6_K": 6.7,
    "Q8_0": 8.6,
}
_NEEDS_A_MATRIX = ("IQ1_", "IQ2_", "IQ3_", "Q2_K_S")
_SHORT = {"Q3_K": "Q3_K_M", "Q4_K": "Q4_K_M", "Q5_K": "Q5_K_M"}  # llama.cpp's own aliases


def parse(text: str) -> list[str]:
    """`Q4_K_M,q8_0` -> names in order, each once. Raises UserError with the nearest name."""
    names = [_name(part.strip()) for part in text.split(",") if part.strip()]
    return list(dict.fromkeys(names))


def _name(given: str) -> str:
    name = _SHORT.get(given.upper(), given.upper())
    if name in QUANTS:
        return name
    if name in ("F16", "BF16", "F32"):
        raise UserError(f"--quant {given}: the unquantised file is always made; name what else is wanted: Q4_K_M,Q8_0")
    if name.startswith(_NEEDS_A_MATRIX):
        raise UserError(f"--quant {given}: it needs an importance matrix, which is not made here: take Q2_K or Q3_K_S")
    near = difflib.get_close_matches(name, QUANTS, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(QUANTS)}"
    raise UserError(f"--quant {given}: llama.cpp knows no such form: {hint}")
