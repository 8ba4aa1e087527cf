"""The network between sensors, the national node and the layers, as a scenario writes it."""

from typing import Self

from pydantic import Field, model_validator

from cupola.core.earth import Vector
from cupola.core.spec import PositiveCount, Probability, Spec, Time


class LinkSpec(Spec):
    """One link: how long a message takes, how often it is lost, and how often it is sent again."""

    latency: Time = Field(default="0 s", description="Message sent to message received")
    loss: Probability = Field(default=0.0, description="Chance that one sending is lost")
    tries: PositiveCount = Field(default=1, description="Sendings of one message after which it is given up")
    resend_after: Time = Field(
        default="5 s", gt=0.0, description="Time without an acknowledgement after which a message is sent again"
    )

    @property
    def ideal(self) -> bool:
        """Say whether every message is there at once."""
        return self.latency == 0.0 and self.loss == 0.0

    @property
    def slowest_s(self) -> float:
        """Time in s from the first sending to the last moment at which a message may come."""
        again = self.tries - 1 if self.loss > 0.0 else 0
        return float(self.latency + again * self.resend_after)

    def delay(self, uniforms: Vector) -> float | None:
        """Return the time in s from the first sending to arrival, none for a message that is lost for good.

        ``uniforms`` (tries,) in [0, 1) decide over each sending.
        """
        for attempt, uniform in enumerate(uniforms.tolist()):
            if uniform >= self.loss:
                return float(self.latency + attempt * self.resend_after)
        return None


IDEAL = LinkSpec()


class NetworkSpec(Spec):
    """Who is linked to whom, and what becomes of the layers when the national node is gone."""

    from_sensors: LinkSpec = Field(
        default_factory=LinkSpec, description="Sensor group to whoever plans: reports and verdicts"
    )
    to_layers: LinkSpec = Field(
        default_factory=LinkSpec, description="National node to the batteries of a layer: orders and updates in flight"
    )
    sensors: dict[str, LinkSpec] = Field(default_factory=dict, description="Links of single sensor groups, by name")
    layers: dict[str, LinkSpec] = Field(default_factory=dict, description="Links to single layers, by name")
    own_sensors: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Sensor groups that report to a layer directly, by layer; a layer that is not named has none",
    )
    cut_at: Time | None = Field(
        default=None, description="When the national node is cut and every layer fights alone; none: never"
    )
    cut_probability: Probability = Field(default=1.0, description="Chance, per run, that the node is cut at cut_at")

    @model_validator(mode="after")
    def _cut_when(self) -> Self:
        if self.cut_at is None and self.cut_probability < 1.0:
            raise ValueError(
                f"got cut_probability {self.cut_probability} without cut_at, accepted is both: cut_at says when"
            )
        return self

    def from_sensor(self, group: str) -> LinkSpec:
        """Return the link of a sensor group."""
        return self.sensors.get(group, self.from_sensors)

    def to_layer(self, layer: str) -> LinkSpec:
        """Return the link from the national node to a layer."""
        return self.layers.get(layer, self.to_layers)
