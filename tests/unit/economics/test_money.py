"""Prices as people write them."""

import pytest

from cupola.economics.money import millions_of_dollars


@pytest.mark.parametrize(
    ("text", "millions"),
    [
        ("$70 M", 70.0),
        ("70 M$", 70.0),
        ("$7 B", 7_000.0),
        ("$1.191 trillion", 1_191_000.0),
        ("$20,000,000", 20.0),
        ("$500", 5e-4),
        ("-$3 M", None),
        ("70 M", None),
        ("$", None),
        ("$1.2.3 M", None),
        ("$inf", None),
        ("$70 kg", None),
    ],
)
def test_a_price_is_read_in_millions(text: str, millions: float | None) -> None:
    if millions is None:
        with pytest.raises(ValueError, match="which is not a price"):
            millions_of_dollars(text)
    else:
        assert millions_of_dollars(text) == pytest.approx(millions)
