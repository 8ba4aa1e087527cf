"""A cheap deterministic stand-in for the engine, importable by worker processes, and a script that runs it."""

import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cupola.campaign.chain import Campaign
from cupola.campaign.conduct import conduct
from cupola.campaign.errors import BadCampaign, CampaignStopped
from cupola.core.chance import stream
from cupola.engine.record import Event, EventKind, LayerTotals, ObjectRow, RunRecord, ShotRow

MISSILES = 5


def toy_record(seed: int, run: int, kill_probability: float, *, keep_tracks: bool = False) -> RunRecord:
    """Two layers shoot once at each of five missiles."""
    draws = stream(seed, run, "toy").random((MISSILES, 2))
    objects, shots = [], []
    for m in range(MISSILES):
        name = f"M{m + 1:02d}"
        killed = [bool(u < kill_probability) for u in draws[m]]
        layer = "boost" if killed[0] else "midcourse" if killed[1] else ""
        shots.append(shot_row(run, len(shots), "boost", name, kill=killed[0]))
        if not killed[0]:
            shots.append(shot_row(run, len(shots), "midcourse", f"{name}-RV1", kill=killed[1]))
        objects.append(object_row(run, name, "booster", lethal=False, layer="boost" if killed[0] else ""))
        objects.append(object_row(run, f"{name}-RV1", "warhead", lethal=True, layer=layer))
    totals = {
        layer: LayerTotals(
            engaged=sum(s.layer == layer for s in shots),
            killed=sum(s.layer == layer and s.kill for s in shots),
            killed_lethal=sum(o.lethal and o.layer == layer for o in objects),
            shots=sum(s.layer == layer for s in shots),
        )
        for layer in ("boost", "midcourse")
    }
    return RunRecord(
        run=run,
        objects=tuple(objects),
        shots=tuple(shots),
        events=(
            Event(time_s=0.0, kind=EventKind.LAUNCH, subject="M01", data={"aim": "Anytown", "miss_m": float("nan")}),
            Event(time_s=90.0, kind=EventKind.ORDER, subject="M01", actor="sbi #3", data={"shot": 0}),
        ),
        lethal=MISSILES,
        leaked=sum(o.lethal and not o.layer for o in objects),
        space_interceptors_in_reach=int(draws[0, 0] * 100),
        layers=totals,
        tracks={"M01": [(0.0, 40.0, 127.0, 0.0), (10.0, 40.1, 127.0, 1000.0)]} if keep_tracks else {},
        looks={},
    )


def object_row(run: int, name: str, role: str, *, lethal: bool, layer: str) -> ObjectRow:
    leaked = lethal and not layer
    return ObjectRow(
        run=run,
        object=name,
        missile=name[:3],
        threat="toy",
        role=role,
        lethal=lethal,
        launch_time_s=0.0,
        launch_lat_deg=40.0,
        launch_lon_deg=127.0,
        aim="Anytown",
        aim_lat_deg=45.0,
        aim_lon_deg=-100.0,
        aim_population=1000,
        end_time_s=1800.0,
        first_detection_s=float("nan"),
        first_detection_by="",
        firm_track_s=float("nan"),
        track_sigma_m=float("nan"),
        shooters_in_reach=3,
        shots=1,
        outcome="leaked" if leaked else "killed",
        layer=layer,
        kill_lat_deg=float("nan"),
        kill_lon_deg=float("nan"),
        kill_alt_m=float("nan"),
        reason="all-shots-missed" if leaked else "none",
    )


def shot_row(run: int, shot: int, layer: str, target: str, *, kill: bool) -> ShotRow:
    return ShotRow(
        run=run,
        shot=shot,
        layer=layer,
        weapon="toy",
        shooter="toy #1",
        object=target,
        order_time_s=90.0,
        launch_time_s=92.0,
        intercept_time_s=150.0,
        launch_lat_deg=0.0,
        launch_lon_deg=0.0,
        launch_alt_m=0.0,
        intercept_lat_deg=0.0,
        intercept_lon_deg=0.0,
        intercept_alt_m=2e5,
        closing_speed_m_s=9e3,
        predicted_sigma_m=800.0,
        handover_error_m=300.0,
        divert_used_m_s=120.0,
        kill=kill,
        outcome="kill" if kill else "missed",
    )


@dataclass(frozen=True, kw_only=True)
class ToySimulator:
    """Plays toy runs, with the accidents that the chain asks for."""

    chain: "ToyChain"

    def simulate(self, *, seed: int, run: int, values: Mapping[str, str], keep_tracks: bool = False) -> RunRecord:
        chain = self.chain
        time.sleep(chain.pace_s)
        if run == chain.deadly_run and (chain.dies_always or self._first_time()):
            os.kill(os.getpid(), signal.SIGKILL)
        if run == chain.broken_run:
            raise ZeroDivisionError("the toy is broken")
        probability = float(values.get("toy.kill_probability", chain.kill_probability))
        return toy_record(seed, run, probability, keep_tracks=keep_tracks)

    def _first_time(self) -> bool:
        marker = Path(self.chain.marker)
        if marker.exists():
            return False
        marker.touch()
        return True

    def backdrop(self, *, seed: int, run: int, values: Mapping[str, str]) -> dict[str, object]:
        return {"sites": [], "space_interceptors": [], "sensors_in_space": []}


@dataclass(frozen=True, kw_only=True)
class ToyChain:
    """A picklable recipe for the toy."""

    pace_s: float = 0.0
    kill_probability: float = 0.6
    deadly_run: int = -1
    dies_always: bool = False
    marker: str = ""
    broken_run: int = -1
    impossible: bool = False

    def open(self) -> ToySimulator:
        if self.impossible:
            raise BadCampaign("the toy cannot fly that far")
        return ToySimulator(chain=self)


def toy_campaign(
    runs: int = 60, *, seed: int = 7, uncertain: bool = False, scenario: str = "toy: 1\n", **chain: object
) -> Campaign:
    return Campaign(
        name="toy",
        scenario_text=scenario,
        scenario_hash=f"hash-of-{len(scenario)}",
        seed=seed,
        runs=runs,
        chain=ToyChain(**chain),  # type: ignore[arg-type]
        quantiles={"toy.kill_probability": lambda u: repr(0.5 + 0.3 * u)} if uncertain else {},
        defended=True,
        space_layers=("boost",),
    )


if __name__ == "__main__":
    out, runs, workers, pace, *flags = sys.argv[1:]
    try:
        conduct(
            toy_campaign(int(runs), uncertain=True, pace_s=float(pace)),
            out=Path(out),
            workers=int(workers),
            resume="--resume" in flags,
        )
    except CampaignStopped as stopped:
        sys.stdout.write(str(stopped))
        sys.exit(130)
