"""How decisions are made, as a scenario writes it."""

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cupola.battle.network import NetworkSpec
from cupola.battle.priorities import PrioritiesSpec
from cupola.core.spec import Count, Fraction, Length, PositiveCount, Probability, Spec, Time
from cupola.interceptors.phases import PhaseSpec

_LEAST = 1e-12  # keeps a look without errors finite


class LayerDoctrine(Spec):
    """How one layer fires."""

    policy: Literal["barrage", "shoot-look-shoot"] = Field(
        default="shoot-look-shoot",
        description="barrage: all shots at once; shoot-look-shoot: one salvo, assess, salvo again",
    )
    shots: PositiveCount = Field(default=2, description="Interceptors per salvo against one object")
    maximum_shots: PositiveCount = Field(
        default=8, description="Interceptors against one object over the whole engagement"
    )
    reserve: Fraction = Field(default=0.0, description="Share of the inventory kept for later waves")
    reserve_until: Time | None = Field(
        default=None,
        description="Time after the raid's first firm track from which the reserve may be fired; none: it is kept",
    )
    track_error: Length = Field(
        default="20 km", description="Largest predicted one-sigma position error at intercept for which a shot is taken"
    )
    lethal_threshold: Probability = Field(
        default=0.1, description="Believed probability of being a warhead below which an object is not engaged"
    )
    certainty: Annotated[float, Field(ge=0.5, le=1.0)] = Field(
        default=0.5,
        description="While a later shot is possible, fire is held at an object whose believed probability of being a "
        "warhead lies between 1 less this and this; 0.5 waits for nothing",
    )
    patience: Time = Field(default="600 s", description="How long fire is held at most for that certainty")
    operating_point: Literal["fixed", "stock", "cost"] = Field(
        default="fixed",
        description="fixed: lethal_threshold is the line between warheads and the rest; stock: above it, no more "
        "objects than there is a salvo for, the likeliest first; cost: the line where a salvo costs what it saves, "
        "by leak_worth, whatever lethal_threshold says",
    )
    leak_worth: float = Field(
        default=50.0, gt=0.0, description="What a warhead let through costs, in interceptors; for the line by cost"
    )
    authority: Literal["national", "delegated", "layer"] = Field(
        default="delegated",
        description="Who releases. national: the national node alone; delegated: the national node, the layer itself "
        "once the node is cut; layer: always the layer itself, by its own sensors",
    )
    commit_delay: Time | None = Field(
        default=None, description="Firm track to authority for this layer; none: the battle's commit_delay"
    )
    minimum_raid: PositiveCount = Field(
        default=1, description="Missiles seen under power, tracked firmly at once, before the layer fires at any"
    )
    confirmation: Literal["none", "second-kind"] = Field(
        default="none",
        description="second-kind: both an infrared sensor and a radar must have reported what is fired at",
    )


class AssessmentSpec(Spec):
    """Kill assessment: late and fallible."""

    delay: Time = Field(default="15 s", description="Intercept to verdict")
    false_kill: Probability = Field(default=0.02, description="Chance that a live object is declared dead")
    missed_kill: Probability = Field(default=0.05, description="Chance that a dead object is declared alive")
    further_looks: Count = Field(
        default=0,
        description="Further looks after a verdict of dead, each with the same two errors; they may revise it",
    )
    look_interval: Time = Field(default="30 s", gt=0.0, description="Time between the looks")

    def weight(self, *, dead: bool) -> float:
        """Return the log likelihood ratio, dead over alive, of one look that says ``dead`` or alive.

        Looks are independent, so that their ratios add up (Wald 1945, Annals of Mathematical Statistics 16, 117).
        """
        if dead:
            return math.log(max(1.0 - self.missed_kill, _LEAST) / max(self.false_kill, _LEAST))
        return math.log(max(self.missed_kill, _LEAST) / max(1.0 - self.false_kill, _LEAST))


class BattleSpec(Spec):
    """The battle manager."""

    commit_delay: Time = Field(default="30 s", description="Firm track to authority to release the first interceptor")
    message_delay: Time = Field(default="2 s", description="Order to release")
    plan_interval: Time = Field(default="5 s", ge=1.0, description="Time between plans while missiles burn")
    plan_interval_midcourse: Time = Field(default="20 s", ge=1.0, description="Time between plans afterwards")
    assignment: Literal["optimal", "greedy"] = Field(
        default="optimal", description="How shooters are paired with tracks"
    )
    assumed_burn_time_solid: Time = Field(
        default="170 s", description="Burn time the defender assumes of solid missiles"
    )
    assumed_burn_time_liquid: Time = Field(
        default="240 s", description="Burn time the defender assumes of liquid missiles"
    )
    burn_time_spread: Time = Field(
        default="12 s", gt=0.0, description="One-sigma error of the assumed burn times, weighed into boost-phase shots"
    )
    assumed_release_time: Time = Field(
        default="30 s", description="Time from burnout after which a missile is taken to have released its payload"
    )
    firm_updates: PositiveCount = Field(default=3, description="Track updates before a track is firm")
    firm_error: Length = Field(default="20 km", description="One-sigma position error below which a track is firm")
    firm_age: Time = Field(
        default="180 s", gt=0.0, description="Time without a report after which a track is no longer fired at"
    )
    lethal_prior: Probability = Field(
        default=0.5, description="Believed chance that a released object is a warhead before any feature is seen"
    )
    assumed_feature_distance: float = Field(
        default=3.0, ge=0.0, description="K-factor that the defender assumes of decoys when it weighs features"
    )
    tank_prior: Probability = Field(
        default=0.0, description="Believed chance that a released object is a spent tank before any feature is seen"
    )
    debris_prior: Probability = Field(
        default=0.0, description="Believed chance that a released object is debris; what is left is believed of decoys"
    )
    assumed_tank_distance: float = Field(
        default=6.0, ge=0.0, description="K-factor between tanks and warheads that the defender assumes"
    )
    assumed_debris_distance: float = Field(
        default=4.0, ge=0.0, description="K-factor between debris and warheads that the defender assumes"
    )
    assumed_feature_correlation: Probability = Field(
        default=0.0,
        lt=1.0,
        description="Share of the features' variance that the defender believes objects of one kind to have in common",
    )
    doctrine: dict[str, LayerDoctrine] = Field(default_factory=dict, description="Doctrine by layer name")
    assessment: AssessmentSpec = Field(default_factory=AssessmentSpec)
    phases: PhaseSpec = Field(default_factory=PhaseSpec)
    priorities: PrioritiesSpec = Field(default_factory=PrioritiesSpec)
    network: NetworkSpec = Field(default_factory=NetworkSpec)

    @model_validator(mode="after")
    def _priors_leave_room(self) -> "BattleSpec":
        total = self.lethal_prior + self.tank_prior + self.debris_prior
        if total > 1.0 + 1e-9:
            raise ValueError(
                f"got priors of warhead, tank and debris that add up to {total:g}, accepted is at most 1; what is left "
                "is believed of decoys"
            )
        return self

    @model_validator(mode="after")
    def _who_releases_sees(self) -> "BattleSpec":
        for layer, doctrine in self.doctrine.items():
            if doctrine.authority == "layer" and not self.network.own_sensors.get(layer):
                raise ValueError(
                    f"doctrine.{layer}.authority: got layer without sensors of its own to release by, accepted is it "
                    f"with network.own_sensors.{layer}, or national or delegated"
                )
        return self

    @property
    def class_prior(self) -> tuple[float, float, float, float]:
        """Believed chances of warhead, decoy, tank and debris before any feature is seen."""
        decoy = max(1.0 - self.lethal_prior - self.tank_prior - self.debris_prior, 0.0)
        return self.lethal_prior, decoy, self.tank_prior, self.debris_prior

    @property
    def class_distances(self) -> tuple[float, float, float, float]:
        """Assumed K-factors of warheads, decoys, tanks and debris from a warhead."""
        return 0.0, self.assumed_feature_distance, self.assumed_tank_distance, self.assumed_debris_distance
