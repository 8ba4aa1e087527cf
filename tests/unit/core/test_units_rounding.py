"""How far rounding may have moved a figure that somebody reported."""

import pytest

from cupola.core.units import half_of_last_digit


@pytest.mark.parametrize(
    ("text", "kind", "half"),
    [
        ("6040.9 km", "length", 50.0),
        ("999 km", "length", 500.0),
        ("1090 km", "length", 500.0),
        ("4135 s", "time", 0.5),
        ("53 min", "time", 30.0),
        ("68.92 min", "time", 0.3),
        ("1.5e3 km", "length", 50e3),
        ("4135s", "time", 0.5),
        (".5 h", "time", 180.0),
        ("0 s", "time", 0.0),
    ],
)
def test_half_of_the_last_digit_given(text: str, kind: str, half: float) -> None:
    assert half_of_last_digit(text, kind) == pytest.approx(half)


def test_what_is_no_quantity_is_refused() -> None:
    with pytest.raises(ValueError, match="without a unit"):
        half_of_last_digit("4135", "time")
