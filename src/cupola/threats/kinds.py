"""Every kind of threat behind one call."""

from collections.abc import Sequence
from typing import Any

from cupola.threats.ballistic import fly_ballistic
from cupola.threats.flight import Flight
from cupola.threats.spec import BallisticSpec

# What a catalogue threat may be: the union of the kinds' specs, told apart by ``kind``.
ThreatSpec = BallisticSpec


def fly(
    spec: Any,
    launch: tuple[float, float, float],
    aim: tuple[float, float],
    apogee_m: float | None = None,
    *,
    extra_payload_kg: float = 0.0,
    further_aims: Sequence[tuple[float, float]] = (),
) -> Flight:
    """Fly a threat of any kind from ``launch`` (latitude, longitude in rad, altitude in m) to ``aim`` (latitude,
    longitude in rad).

    ``apogee_m`` lofts or depresses what is thrown and is refused for what flies on wings. ``further_aims`` are the aim
    points of the second and later re-entry vehicles of a missile that carries several. Raises
    :class:`cupola.threats.flight.InfeasibleFlight` where the threat cannot.
    """
    return fly_ballistic(spec, launch, aim, apogee_m, extra_payload_kg=extra_payload_kg, further_aims=further_aims)
