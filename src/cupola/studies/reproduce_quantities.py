"""Quantities that are compared: their units, the digits shown, and how a published figure is read."""

import math
from typing import NamedTuple

from cupola.core.units import parse_quantity
from cupola.economics.money import millions_of_dollars


class Quantity(NamedTuple):
    """What a quantity measures: ``kind`` of :data:`cupola.core.units.KINDS` or ``money``, unit and digits shown."""

    kind: str
    unit: str
    digits: int

    def read(self, text: str) -> float:
        """Return a figure in the unit shown. Raises ``ValueError`` for what is not one."""
        return self._si(text) / self.per_unit

    @property
    def per_unit(self) -> float:
        """Return one unit shown in what methods return: SI, millions of dollars for money."""
        return self._si(f"1 {self.unit}".strip())

    def tolerance(self, text: str, figure: float) -> float:
        """Return a tolerance in the unit shown: per cent of the figure, or a quantity; 0 where nothing is written."""
        if not text:
            return 0.0
        if text.endswith("%"):
            return abs(figure) * float(text[:-1]) / 100.0
        return self.read(text)

    def write(self, low: float, high: float, *, unit: bool = True) -> str:
        """Return a figure, or a span of two, in the digits and with the unit that tables show."""
        texts = ["-" if math.isnan(value) else f"{value:,.{self.digits}f}" for value in (low, high)]
        span = texts[0] if texts[0] == texts[1] else f"{texts[0]} to {texts[1]}"
        if not unit:
            return span
        return f"${span} {self.unit[:-1]}" if self.kind == "money" else f"{span} {self.unit}".rstrip()

    def _si(self, text: str) -> float:
        return millions_of_dollars(text) if self.kind == "money" else parse_quantity(text, self.kind)


WORDS = ("verdict",)

QUANTITIES: dict[str, Quantity] = {
    "flight_time": Quantity("time", "s", 1),
    "full_burn": Quantity("time", "s", 1),
    "burnout_time": Quantity("time", "s", 1),
    "speed": Quantity("speed", "km/s", 4),
    "burnout_speed": Quantity("speed", "km/s", 3),
    "angle": Quantity("angle", "deg", 3),
    "burnout_angle": Quantity("angle", "deg", 2),
    "apogee": Quantity("length", "km", 1),
    "range": Quantity("length", "km", 1),
    "burnout_altitude": Quantity("length", "km", 1),
    "start_altitude": Quantity("length", "km", 2),
    "x": Quantity("length", "km", 3),
    "y": Quantity("length", "km", 3),
    "position_rmse": Quantity("length", "m", 2),
    "average_nees": Quantity("dimensionless", "", 2),
    "band_low": Quantity("dimensionless", "", 3),
    "band_high": Quantity("dimensionless", "", 3),
    "ospa": Quantity("dimensionless", "", 3),
    "gospa": Quantity("dimensionless", "", 3),
    "central_angle": Quantity("angle", "deg", 2),
    "slant_range": Quantity("length", "km", 0),
    "horizon": Quantity("length", "km", 1),
    "signal_to_noise": Quantity("decibel", "dB", 2),
    "detection_range": Quantity("length", "km", 0),
    "radiance": Quantity("radiance", "W/m^2/sr", 3),
    "total": Quantity("dimensionless", "", 0),
    "planes": Quantity("dimensionless", "", 0),
    "streets_angle": Quantity("angle", "deg", 2),
    "worst_angle": Quantity("angle", "deg", 2),
    "fraction_covered": Quantity("dimensionless", "", 3),
    "fraction_stereo": Quantity("dimensionless", "", 3),
    "interceptors": Quantity("dimensionless", "", 3),
    "no_leak": Quantity("dimensionless", "", 4),
}
