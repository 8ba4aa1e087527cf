"""Prices as they are written: ``"$70 M"``, ``"1.5 B$"``, ``"$450 M/yr"``, ``"$500"``."""

import math
import re

_PRICE = re.compile(r"\$?\s*([-+]?[0-9][0-9.,]*(?:[eE][-+]?[0-9]+)?)\s*(M|B|T|million|billion|trillion)?\s*\$?")
_MILLIONS = {None: 1e-6, "M": 1.0, "million": 1.0, "B": 1e3, "billion": 1e3, "T": 1e6, "trillion": 1e6}


def millions_of_dollars(text: str) -> float:
    """Return a price in millions of dollars; without M, B or T the number is in dollars, and a dollar sign is needed.

    Raises ``ValueError`` for what is not a price.
    """
    found = _PRICE.fullmatch(text.strip())
    try:
        value = math.nan if found is None else float(found[1].replace(",", ""))
    except ValueError:
        value = math.nan
    if found is None or not math.isfinite(value) or "$" not in text:
        raise ValueError(f"got {text!r}, which is not a price; it is written like '$70 M' or '$1.5 B'")
    return value * _MILLIONS[found[2]]
