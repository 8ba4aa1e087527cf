"""Every kind of threat behind one call."""

from typing import Annotated, Any

from pydantic import Field

from cupola.threats.ballistic import fly_ballistic
from cupola.threats.flight import Flight
from cupola.threats.fractional import fly_fractional
from cupola.threats.fractional_spec import FractionalOrbitalSpec
from cupola.threats.quasi import fly_quasi
from cupola.threats.quasi_spec import QuasiBallisticSpec
from cupola.threats.spec import BallisticSpec

# What a catalogue threat may be: the union of the kinds' specs, told apart by ``kind``.
ThreatSpec = Annotated[BallisticSpec | QuasiBallisticSpec | FractionalOrbitalSpec, Field(discriminator="kind")]


def fly(
    spec: Any,
    launch: tuple[float, float, float],
    aim: tuple[float, float],
    apogee_m: float | None = None,
    *,
    extra_payload_kg: float = 0.0,
) -> Flight:
    """Fly a threat of any kind from ``launch`` (latitude, longitude in rad, altitude in m) to ``aim`` (latitude,
    longitude in rad).

    ``apogee_m`` lofts or depresses what is thrown and is refused for what flies on wings. Raises
    :class:`cupola.threats.flight.InfeasibleFlight` where the threat cannot.
    """
    if isinstance(spec, QuasiBallisticSpec):
        return fly_quasi(spec, launch, aim, apogee_m, extra_payload_kg=extra_payload_kg)
    if isinstance(spec, FractionalOrbitalSpec):
        return fly_fractional(spec, launch, aim, apogee_m, extra_payload_kg=extra_payload_kg)
    return fly_ballistic(spec, launch, aim, apogee_m, extra_payload_kg=extra_payload_kg)
