"""What every room's specs are made of: strict frozen models whose fields know their units.

A spec is declared once, beside the functions that use it; that one declaration gives the schema, the catalogue check,
the documentation and the help text. ``Length`` and its sisters are floats in SI inside and strings with units
outside, both ways: ``model_dump(mode="json")`` writes ``"400000.0 m"``, which parses back to the same float bit for
bit.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from cupola.core.units import KINDS, parse_quantity


class Spec(BaseModel):
    """Base of every declaration a user or the catalogue can write: frozen, unknown keys refused, defaults checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)


def _quantity(kind: str, *, ge: float | None = None, gt: float | None = None, le: float | None = None) -> Any:
    unit, example = KINDS[kind]

    def parse(text: object) -> float:
        return parse_quantity(text, kind)

    def write(value: float) -> str:
        return f"{value!r} {unit}" if kind != "decibel" else f"{value!r} dB"

    schema = {"type": "string", "examples": [example], "description": f"{kind.replace('_', ' ')} with its unit"}
    return Annotated[
        float,
        BeforeValidator(parse),
        PlainSerializer(write, return_type=str, when_used="json"),
        WithJsonSchema(schema),
        Field(ge=ge, gt=gt, le=le),
    ]


Length = _quantity("length", ge=0.0)
Area = _quantity("area", ge=0.0)
Time = _quantity("time", ge=0.0)
Speed = _quantity("speed", ge=0.0)
Acceleration = _quantity("acceleration", gt=0.0)
Mass = _quantity("mass", ge=0.0)
Power = _quantity("power", gt=0.0)
Angle = _quantity("angle")
AngularRate = _quantity("angular_rate", ge=0.0)
Frequency = _quantity("frequency", gt=0.0)
Rate = _quantity("rate", ge=0.0)
Temperature = _quantity("temperature", gt=0.0)
RadiantIntensity = _quantity("radiant_intensity", ge=0.0)
Irradiance = _quantity("irradiance", gt=0.0)
Fluence = _quantity("fluence", gt=0.0)
ArealDensity = _quantity("areal_density", gt=0.0)
Decibel = _quantity("decibel")

Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Count = Annotated[int, Field(ge=0, strict=True)]
PositiveCount = Annotated[int, Field(ge=1, strict=True)]
Latitude = _quantity("angle", ge=-1.5707963267948966, le=1.5707963267948966)
Longitude = _quantity("angle", ge=-3.141592653589793, le=3.141592653589793)
