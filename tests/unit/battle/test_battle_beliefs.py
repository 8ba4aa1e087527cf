"""What verdicts make the battle manager believe."""

import numpy as np

from cupola.battle.manager import BattleManager
from cupola.battle.spec import BattleSpec


def test_what_is_reported_after_its_missile_was_declared_dead_and_has_released_lives() -> None:
    manager = BattleManager(BattleSpec(), [])
    for track in (0, 1, 2):
        manager.assess(track, track, declared_dead=True, time_s=200.0, whole=track < 2)
    manager.released(np.array([0, 1, 2, 3]), np.array([250.0, 199.0, 250.0, 250.0]))
    assert not manager.belief(0).believed_dead
    assert manager.belief(1).believed_dead, "nobody has reported it since"
    assert manager.belief(2).believed_dead, "the verdict was on the single object itself"
    manager.assess(0, 9, declared_dead=True, time_s=300.0, whole=False)
    manager.released(np.array([0]), np.array([400.0]))
    assert manager.belief(0).believed_dead
