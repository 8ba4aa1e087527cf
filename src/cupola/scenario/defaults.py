"""Where the settings come from that a scenario leaves unsaid, so that no number in use is without a source."""

import functools
from pathlib import Path

import yaml

from cupola.battle.spec import BattleSpec, LayerDoctrine
from cupola.scenario.schema import Scenario, SourcedValue
from cupola.scenario.user import SourceNote
from cupola.scenario.values import leaves_below

_FILE = Path(__file__).parent / "data" / "defaults.yaml"
_SETTINGS = ("battle", "environment", "tracking", "common_mode_failure", "feature_correlation")
_BY_NAME = ("battle.doctrine.", *(f"battle.network.{part}." for part in ("sensors", "layers", "own_sensors")))
"""Settings whose keys are names: one note stands for all."""


@functools.cache
def notes() -> dict[str, SourceNote]:
    """Return the stated source of every default, by path; a star is for every name."""
    return {path: SourceNote.model_validate(note) for path, note in yaml.safe_load(_FILE.read_text("utf-8")).items()}


def unstated_settings(scenario: Scenario) -> tuple[SourcedValue, ...]:
    """Return a sourced value for every setting whose source neither the scenario nor its presets state.

    A setting left at its default has the default's source; one that the file changed without a word is the scenario's.
    """
    known = {value.path for value in scenario.values}
    usual = dict(_defaults(scenario))
    found = []
    for path, value in _leaves(scenario):
        if path in known:
            continue
        note = notes()[next((f"{start}*" for start in _BY_NAME if path.startswith(start)), path)]
        if usual.get(path) == value:
            found.append(
                SourcedValue(path=path, value=value, source=note.source, confidence=note.confidence, note=note.note)
            )
        else:
            said = f"Set by the scenario; the default is {usual.get(path)}"
            found.append(SourcedValue(path=path, value=value, source="scenario", confidence="assumed", note=said))
    return tuple(found)


def _leaves(scenario: Scenario) -> list[tuple[str, str]]:
    return [leaf for setting in _SETTINGS for leaf in leaves_below(scenario, setting)]


def _defaults(scenario: Scenario) -> list[tuple[str, str]]:
    """Return the settings of the same scenario with everything unsaid, its layers' doctrines among them."""
    battle = BattleSpec(doctrine={layer: LayerDoctrine() for layer in scenario.battle.doctrine})
    fields = Scenario.model_fields
    return _leaves(
        scenario.model_copy(
            update={
                "battle": battle,
                "environment": fields["environment"].get_default(call_default_factory=True),
                "tracking": fields["tracking"].get_default(call_default_factory=True),
                "common_mode_failure": fields["common_mode_failure"].default,
                "feature_correlation": fields["feature_correlation"].default,
            }
        )
    )
