"""A stand-in for campaigns: writes the tables that studies read, at once and without the engine."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from cupola.campaign.conduct import identity_of
from cupola.campaign.store import MERGED, SUMMARY, RunFolder
from cupola.core.chance import stream
from cupola.scenario.load import scenario_hash
from cupola.scenario.schema import Scenario

WARHEADS = 10
EXAMPLE = Path(__file__).parents[3] / "examples" / "today-gmd.yaml"


def leaked_of(scenario: Scenario, seed: int, run: int) -> int:
    """Each warhead is stopped with a chance that falls with common_mode_failure, if there are interceptors at all."""
    if not any(group.inventory for group in scenario.interceptors):
        return WARHEADS
    draws = stream(seed, run, "toy").random(WARHEADS)
    return int((draws < 0.2 + 0.6 * scenario.common_mode_failure).sum())


def bare_campaign(scenario: Scenario, *, seed: int, runs: int) -> SimpleNamespace:
    """Return what :class:`Toy` needs of a campaign; the text of a scenario takes most of a toy's time."""
    return SimpleNamespace(scenario=scenario, scenario_hash=scenario_hash(scenario), seed=seed, runs=runs)


class Toy:
    """Plays campaigns as said above; counts them and, when told, is interrupted after some."""

    def __init__(self) -> None:
        self.played: list[str] = []
        self.interrupt_after: int | None = None

    def complete(self, campaign: SimpleNamespace, *, out: Path, **_: Any) -> None:
        if self.interrupt_after is not None and len(self.played) >= self.interrupt_after:
            raise KeyboardInterrupt
        scenario = campaign.scenario
        metadata = identity_of(campaign.scenario_hash, seed=campaign.seed, runs=campaign.runs).metadata()
        runs = np.arange(campaign.runs)
        leaked = np.array([leaked_of(scenario, campaign.seed, run) for run in runs])
        shots = np.full(campaign.runs, sum(group.inventory for group in scenario.interceptors))
        columns = {"run": runs, "lethal": np.full(campaign.runs, WARHEADS), "leaked": leaked, "shots": shots}
        for name, values in (("engaged", 10 + 0 * runs), ("killed", 10 - leaked), ("killed_lethal", 10 - leaked)):
            columns[f"midcourse.{name}"] = values
        columns["midcourse.shots"] = shots
        out.mkdir(parents=True)
        for name in MERGED:
            RunFolder(path=out).write_table(name, [pa.table(columns)], metadata)
        RunFolder(path=out).write_text(SUMMARY, json.dumps({"runs": campaign.runs}))
        self.played.append(out.name)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Toy:
    found = Toy()
    monkeypatch.setattr("cupola.studies.points.complete", found.complete)
    monkeypatch.setattr("cupola.studies.points.campaign_of", bare_campaign)
    return found


Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Return a function that writes a study file about the example beside it."""

    def write(text: str, name: str = "study.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text.replace("EXAMPLE", str(EXAMPLE)), encoding="utf-8")
        return path

    return write
