"""Published results beside ours: cases are data, a method is the function that plays one."""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from cupola.core.spec import Spec
from cupola.core.units import parse_quantity
from cupola.scenario.checking import validated
from cupola.scenario.document import read_document
from cupola.scenario.errors import ScenarioError, did_you_mean
from cupola.studies import doctrine_methods, sensing_methods, tracking_methods

CASES = Path(str(files("cupola.studies"))) / "cases"

Status = Literal["exact", "published", "recalled"]
Verdict = Literal["agrees", "differs", "error"]
Inputs = Mapping[str, str]
Found = Mapping[str, float | str]

# Quantity -> (kind, unit shown, digits shown); a dimensionless one has no unit.
QUANTITIES: dict[str, tuple[str, str, int]] = {
    "flight_time": ("time", "s", 1),
    "full_burn": ("time", "s", 1),
    "burnout_time": ("time", "s", 1),
    "speed": ("speed", "km/s", 4),
    "burnout_speed": ("speed", "km/s", 3),
    "angle": ("angle", "deg", 3),
    "burnout_angle": ("angle", "deg", 2),
    "apogee": ("length", "km", 1),
    "range": ("length", "km", 1),
    "burnout_altitude": ("length", "km", 1),
    "start_altitude": ("length", "km", 2),
    "x": ("length", "km", 3),
    "y": ("length", "km", 3),
    "position_rmse": ("length", "m", 2),
    "average_nees": ("dimensionless", "", 2),
    "band_low": ("dimensionless", "", 3),
    "band_high": ("dimensionless", "", 3),
    "ospa": ("dimensionless", "", 3),
    "gospa": ("dimensionless", "", 3),
    "central_angle": ("angle", "deg", 2),
    "slant_range": ("length", "km", 0),
    "horizon": ("length", "km", 1),
    "signal_to_noise": ("decibel", "dB", 2),
    "detection_range": ("length", "km", 0),
    "radiance": ("radiance", "W/m^2/sr", 3),
    "total": ("dimensionless", "", 0),
    "planes": ("dimensionless", "", 0),
    "streets_angle": ("angle", "deg", 2),
    "worst_angle": ("angle", "deg", 2),
    "fraction_covered": ("dimensionless", "", 3),
    "fraction_stereo": ("dimensionless", "", 3),
    "interceptors": ("dimensionless", "", 3),
    "no_leak": ("dimensionless", "", 4),
}
WORDS = ("verdict",)


class Expected(Spec):
    """What was published of one quantity."""

    value: str | tuple[str, str] = Field(description="The figure with its unit, two of them for a span, or a word")
    tolerance: str = Field(default="", description="With a unit, or per cent of the figure; none for a word")


class Case(Spec):
    """One published result with all that it takes to check it."""

    id: str
    title: str = Field(description="What is claimed, in a line")
    status: Status
    source: str
    method: str = Field(description="Which function plays it")
    inputs: dict[str, str]
    expected: Annotated[dict[str, Expected], Field(min_length=1)]
    finding: str = Field(default="", description="Why ours differs, where it does and we know: it then does not fail")


class CaseFile(Spec):
    """The cases of one topic."""

    cases: tuple[Case, ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One quantity of one case: published and ours in ``unit``; ``ours`` is None where the method failed."""

    case: Case
    quantity: str
    unit: str
    digits: int
    published: tuple[float, float] | str
    """Lower and upper end, the same for a single figure; a word for a verdict."""
    ours: float | str | None
    difference: float
    """Ours less the nearer end of what was published, 0 within; NaN for words and errors."""
    tolerance: float
    allowed: str
    """The tolerance as the case writes it."""
    verdict: Verdict
    note: str = ""

    @property
    def fails(self) -> bool:
        """Whether this row counts against us: what is only recalled never does, nor a difference that is explained."""
        explained = self.verdict == "differs" and bool(self.case.finding)
        return self.verdict != "agrees" and self.case.status != "recalled" and not explained


def topics() -> tuple[str, ...]:
    """Return the topics that have cases."""
    return tuple(sorted(path.stem for path in CASES.glob("*.yaml")))


@functools.cache
def cases(topic: str) -> tuple[Case, ...]:
    """Return a topic's cases. Raises :class:`ScenarioError` when its file is not sound."""
    document = read_document(CASES / f"{topic}.yaml")
    return validated(CaseFile, document.data, document.problem).cases


def chosen(names: Sequence[str]) -> tuple[tuple[str, Case], ...]:
    """Return (topic, case) of every topic (``flight``) or case (``flight/boost-solid``) named, all when none is."""
    every = [(topic, case) for topic in topics() for case in cases(topic)]
    known = [*topics(), *(f"{topic}/{case.id}" for topic, case in every)]
    for name in names:
        if name not in known:
            raise ScenarioError(f"unknown case {name!r}; topics are {', '.join(topics())}{did_you_mean(name, known)}")
    return tuple((topic, case) for topic, case in every if not names or topic in names or f"{topic}/{case.id}" in names)


def run_case(case: Case) -> tuple[Row, ...]:
    """Play a case and compare: one row per quantity. A method that fails gives rows that say why."""
    found: Found = {}
    note = case.finding
    try:
        found = METHODS[case.method](case.inputs)
    except Exception as error:
        # Whatever breaks one case must not hide the others; the row counts as failed and carries the reason.
        note = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
    return tuple(_row(case, name, expected, found.get(name), note) for name, expected in case.expected.items())


def _row(case: Case, name: str, expected: Expected, ours: float | str | None, note: str) -> Row:
    if name in WORDS:
        verdict: Verdict = "error" if ours is None else "agrees" if ours == expected.value else "differs"
        word = str(expected.value)
        return Row(
            case=case,
            quantity=name,
            unit="",
            digits=0,
            published=word,
            ours=ours,
            difference=math.nan,
            tolerance=0.0,
            allowed="",
            verdict=verdict,
            note=note,
        )
    kind, unit, digits = QUANTITIES[name]
    per_unit = parse_quantity(f"1 {unit}".strip(), kind)
    texts = (expected.value, expected.value) if isinstance(expected.value, str) else expected.value
    low, high = (parse_quantity(text, kind) / per_unit for text in texts)
    tolerance = _tolerance(expected.tolerance, kind, high, per_unit)
    value = None if ours is None else float(ours) / per_unit
    difference = math.nan if value is None else value - min(max(value, low), high)
    return Row(
        case=case,
        quantity=name,
        unit=unit,
        digits=digits,
        published=(low, high),
        ours=value,
        difference=difference,
        tolerance=tolerance,
        allowed=expected.tolerance,
        verdict="error" if value is None else "agrees" if abs(difference) <= tolerance else "differs",
        note=note,
    )


def _tolerance(text: str, kind: str, value: float, per_unit: float) -> float:
    if text.endswith("%"):
        return abs(value) * float(text[:-1]) / 100.0
    return parse_quantity(text, kind) / per_unit


def _two_body(inputs: Inputs) -> Found:
    from cupola.threats.impulsive import flight_to_apogee, minimum_energy

    distance = parse_quantity(inputs["range"], "length")
    if "apogee" in inputs:
        flight = flight_to_apogee(parse_quantity(inputs["apogee"], "length"), distance)
    else:
        flight = minimum_energy(distance)
    return {
        "speed": flight.speed,
        "angle": flight.elevation,
        "apogee": flight.apogee,
        "flight_time": flight.time_s,
    }


def _claim(inputs: Inputs) -> Found:
    from cupola.studies.claims import claim

    return {"verdict": claim(inputs["apogee"], inputs["range"], inputs["time"]).verdict}


def _flight(inputs: Inputs) -> Found:
    from cupola.studies.flights import fly

    flight = fly(
        inputs["threat"],
        inputs["from"],
        inputs.get("to"),
        range=inputs.get("range"),
        azimuth=inputs.get("azimuth"),
        apogee=inputs.get("apogee"),
    )
    return {
        "flight_time": flight.flight_time_s,
        "apogee": flight.apogee_m,
        "range": flight.range_m,
        "full_burn": flight.full_burn_s,
    }


def _boost(inputs: Inputs) -> Found:
    from cupola.scenario.catalogue import entry
    from cupola.threats.ballistic import vehicle_for

    return {"full_burn": vehicle_for(entry("threats", inputs["threat"]).spec).burnout_s}


def _fly_out(inputs: Inputs) -> Found:
    """Fly all stages out from the equator to the north-east over an Earth at rest, as the open models do."""
    from cupola.core.earth import MEAN_RADIUS, central_angle, ecef_to_geodetic
    from cupola.core.rocket import ascend, coast
    from cupola.scenario.catalogue import entry
    from cupola.threats.ballistic import vehicle_for
    from cupola.threats.flight import apogee_of, burnout_at

    spec = entry("threats", inputs["threat"]).spec
    kick = parse_quantity(inputs["kick"], "angle")
    begin, last = (parse_quantity(inputs[name], "time") for name in ("kick_from", "kick_for"))
    boost = ascend(vehicle_for(spec), 0.0, 0.0, 0.0, math.pi / 4, kick, begin, last, rotation_rate=0.0)
    burnout = burnout_at(boost, boost.end_s)
    beta = spec.reentry_vehicle.ballistic_coefficient
    fall = coast(boost.r[-1], boost.v[-1], boost.end_s, beta, rotation_rate=0.0)
    latitude, longitude, _ = ecef_to_geodetic(*fall.r[-1])
    return {
        "burnout_time": burnout.time_s,
        "burnout_speed": burnout.speed_m_s,
        "burnout_altitude": burnout.altitude_m,
        "burnout_angle": burnout.flight_path_rad,
        "range": MEAN_RADIUS * central_angle(0.0, 0.0, latitude, longitude),
        "apogee": apogee_of(fall),
    }


def _glide(inputs: Inputs) -> Found:
    from cupola.scenario.catalogue import entry
    from cupola.threats.glide_plane import glide_from

    answer = glide_from(entry("threats", inputs["threat"]).spec, parse_quantity(inputs["start_speed"], "speed"))
    return {"start_altitude": answer.start_altitude_m, "range": answer.range_m, "flight_time": answer.flight_time_s}


METHODS: dict[str, Callable[[Inputs], Found]] = {
    "two-body": _two_body,
    "claim": _claim,
    "flight": _flight,
    "boost": _boost,
    "fly-out": _fly_out,
    "glide": _glide,
    **tracking_methods.METHODS,
    **sensing_methods.METHODS,
    **doctrine_methods.METHODS,
}
