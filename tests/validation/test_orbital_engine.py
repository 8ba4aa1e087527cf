"""The fast count of satellites in reach against a run of the engine on the same case.

The engine counts by what its tracker believes: the predicted path up to the believed burnout. Given that path, the
release and the run's phases, the fast count must be the engine's number exactly, through planes of several heights.
"""

from pathlib import Path

import numpy as np
import pytest

import cupola.battle.manager
from cupola.battle.engageability import space_opportunities
from cupola.engine.arming import constellation_phase
from cupola.engine.simulate import simulate
from cupola.engine.world import build
from cupola.interceptors.orbit_count import maps_of, members, planes_of
from cupola.interceptors.orbit_reach import target_of
from cupola.scenario.load import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "golden-dome-cbo-2026.yaml"
SEED, RUNS = 5, 8


def test_the_count_is_that_of_the_engines_record(monkeypatch: pytest.MonkeyPatch) -> None:
    base = load(EXAMPLE)
    raid = base.raid[0].model_copy(update={"launches": base.raid[0].launches[:2], "aims": base.raid[0].aims[:2]})
    boost = tuple(group for group in base.interceptors if group.layer == "boost")
    battle = base.battle.model_copy(update={"doctrine": {"boost": base.battle.doctrine["boost"]}})
    world = build(base.model_copy(update={"raid": (raid,), "interceptors": boost, "battle": battle}))
    asked = []

    def watched(battery, picture, release_s, limit):
        asked.append((picture, release_s))
        return space_opportunities(battery, picture, release_s, limit)

    monkeypatch.setattr(cupola.battle.manager, "space_opportunities", watched)
    spec, planes = boost[0].spec, planes_of(world.arsenals[0].constellation)
    counts = []
    for run in range(RUNS):
        asked.clear()
        record = simulate(world, SEED, run)
        turn, slide = constellation_phase(SEED, run, boost[0].name)
        reached = np.zeros(len(planes.argument), dtype=bool)
        for picture, release_s in asked:
            for i in range(len(picture.track)):
                ahead = (picture.times_s > release_s) & picture.engaged(spec.engages)[i]
                goal = target_of(spec, release_s, picture.times_s[ahead], picture.r[i, ahead])
                reached |= members(spec, maps_of(spec, goal, planes), planes, np.array([turn]), np.array([slide]))[0]
        assert record.space_interceptors_in_reach == reached.sum()
        counts.append(record.space_interceptors_in_reach)
    assert min(counts) > 3
