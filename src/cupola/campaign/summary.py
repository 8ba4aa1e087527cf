"""What a campaign found: means a run with 95 % intervals, read back from the run folder's tables."""

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from cupola.campaign.chain import Campaign, Claim, Document
from cupola.campaign.statistics import Interval, clustered_proportion, mean_interval, ratio_interval, wilson
from cupola.campaign.tables import finite, layers_of, read_groups, read_parquet
from cupola.core.chance import stream
from cupola.engine.record import FALSE_TRACK, ObjectOutcome

IntArray = NDArray[np.int64]
BOOTSTRAP_RUN = 0
"""Run index of the bootstrap's random stream; its name keeps it apart from the run's own."""


@dataclass(frozen=True, kw_only=True)
class LayerSummary:
    """One layer, per run. ``leaked_past`` counts lethal objects alive behind this layer and those before it."""

    engaged: Interval
    killed: Interval
    killed_lethal: Interval
    leaked_past: Interval
    shots: Interval
    shots_per_kill: Interval | None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Missiles that the space layers engaged and destroyed, beside a published claim; per run."""

    claim: Claim
    missiles_engaged: Interval
    missiles_killed: Interval


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The result of a campaign."""

    runs: int
    objects: float
    leaked: Interval
    leak_fraction: Interval
    no_leak: Interval
    shots: Interval
    space_interceptors_in_reach: Interval
    layers: dict[str, LayerSummary]
    reasons: dict[str, float]
    comparison: Comparison | None
    kept_runs: tuple[int, ...]
    replay_run: int


def summarise(folder: Path, campaign: Campaign) -> Summary:
    """Summarise a folder whose merged tables are complete."""
    runs = read_parquet(folder / "runs.parquet")
    column = {name: runs.column(name).to_numpy() for name in runs.column_names}
    lethal, leaked = column["lethal"], column["leaked"]
    fraction = clustered_proportion(leaked, lethal) if lethal.sum() else Interval(mean=0.0, low=0.0, high=0.0)
    fraction = _certain(fraction, campaign)
    replay_run = typical_run(leaked, column["shots"])
    return Summary(
        runs=runs.num_rows,
        objects=float(lethal.mean()),
        leaked=fraction.scaled(float(lethal.mean())),
        leak_fraction=fraction,
        no_leak=_certain(wilson(int((leaked == 0).sum()), len(leaked)), campaign),
        shots=_mean(column["shots"], campaign),
        space_interceptors_in_reach=_mean(column["space_interceptors_in_reach"], campaign),
        layers=_layers(column, pq.read_metadata(folder / "objects.parquet").num_rows / runs.num_rows, campaign),
        reasons=_reasons(folder, runs.num_rows),
        comparison=None if campaign.claim is None else _comparison(folder, campaign, campaign.claim, runs.num_rows),
        kept_runs=kept_runs(leaked, lethal, replay_run),
        replay_run=replay_run,
    )


def typical_run(leaked: IntArray, shots: IntArray) -> int:
    """Return the run nearest the mean in leaks, then in shots: the one worth looking at."""
    order = np.lexsort((np.abs(shots - shots.mean()), np.abs(leaked - leaked.mean())))
    return int(order[0])


def kept_runs(leaked: IntArray, lethal: IntArray, replay_run: int) -> tuple[int, ...]:
    """Return the runs whose logs are kept: the first three, the typical one, the first with a leak and with a kill."""
    kept = {*range(min(3, len(leaked))), replay_run}
    for wanted in (leaked > 0, leaked < lethal):
        kept |= set(np.flatnonzero(wanted)[:1].tolist())
    return tuple(sorted(int(run) for run in kept))


def _bootstrap(campaign: Campaign) -> np.random.Generator:
    """Return a fresh bootstrap stream: one for all quantities, so that equal data always give equal intervals."""
    return stream(campaign.seed, BOOTSTRAP_RUN, "bootstrap")


def _certain(interval: Interval, campaign: Campaign) -> Interval:
    """Return the estimate without doubt when nothing in the campaign is left to chance."""
    if campaign.defended:
        return interval
    return Interval(mean=interval.mean, low=interval.mean, high=interval.mean)


def _mean(values: IntArray, campaign: Campaign, upper: float = np.inf) -> Interval:
    return _certain(mean_interval(values, _bootstrap(campaign), upper=upper), campaign)


def _layers(column: dict[str, IntArray], objects: float, campaign: Campaign) -> dict[str, LayerSummary]:
    """Summarise every layer; none can engage more than the ``objects`` that a run has."""
    layers: dict[str, LayerSummary] = {}
    lethal = column["lethal"]
    left = lethal.copy()
    for layer in layers_of(column):
        engaged, killed, killed_lethal, shots = (
            column[f"{layer}.{name}"] for name in ("engaged", "killed", "killed_lethal", "shots")
        )
        left = left - killed_lethal
        past = clustered_proportion(np.clip(left, 0, lethal), lethal).scaled(float(lethal.mean()))
        layers[layer] = LayerSummary(
            engaged=_mean(engaged, campaign, objects),
            killed=_mean(killed, campaign, objects),
            killed_lethal=_mean(killed_lethal, campaign, float(lethal.max())),
            leaked_past=past,
            shots=_mean(shots, campaign),
            shots_per_kill=ratio_interval(shots, killed, _bootstrap(campaign)),
        )
    return layers


def _reasons(folder: Path, runs: int) -> dict[str, float]:
    """Return the mean number of leaks a run by reason, most frequent first."""
    count: Counter[str] = Counter()
    for group in read_groups(folder / "objects.parquet", ["lethal", "outcome", "reason"]):
        leaked = pc.and_(group.column("lethal"), pc.equal(group.column("outcome"), ObjectOutcome.LEAKED.code))
        for entry in pc.value_counts(group.filter(leaked).column("reason").combine_chunks()).to_pylist():
            count[entry["values"]] += entry["counts"]
    return {reason: n / runs for reason, n in sorted(count.items(), key=lambda item: (-item[1], item[0]))}


def _comparison(folder: Path, campaign: Campaign, claim: Claim, runs: int) -> Comparison:
    missile_of: dict[str, int] = {}
    for group in read_groups(folder / "objects.parquet", ["object", "missile"]):
        pairs = group.group_by(["object", "missile"]).aggregate([])
        for pair in pairs.sort_by("object").to_pylist():
            missile_of.setdefault(pair["object"], int(pair["missile"].removeprefix("M")))
        break
    layers = pa.array(campaign.space_layers, pa.string())
    engaged, killed = np.zeros(runs, dtype=np.int64), np.zeros(runs, dtype=np.int64)
    for group in read_groups(folder / "shots.parquet", ["run", "layer", "object", "kill"]):
        fired = group.filter(pc.is_in(group.column("layer"), layers))
        engaged += _missiles_per_run(fired, missile_of, runs)
        killed += _missiles_per_run(fired.filter(fired.column("kill")), missile_of, runs)
    return Comparison(
        claim=claim,
        missiles_engaged=_mean(engaged, campaign, len(set(missile_of.values()))),
        missiles_killed=_mean(killed, campaign, len(set(missile_of.values()))),
    )


def _missiles_per_run(shots: pa.Table, missile_of: dict[str, int], runs: int) -> IntArray:
    """Count distinct missiles shot at in every run (runs,). Row groups hold whole runs, so that they can be added."""
    pairs = {
        (run, missile_of[name])
        for run, name in zip(*(shots.column(c).to_pylist() for c in ("run", "object")), strict=True)
        if name != FALSE_TRACK
    }
    return np.bincount([run for run, _ in pairs], minlength=runs) if pairs else np.zeros(runs, dtype=np.int64)


def document_of(summary: Summary, campaign: Campaign, *, out: Path, version: str) -> Document:
    """Return the summary as ``summary.json`` and ``cupola run --json`` write it; what no sample gives is null."""
    layers = {
        name: {
            "engaged": layer.engaged.mean,
            "killed": layer.killed.mean,
            "shots": layer.shots.mean,
            "killed_lethal": layer.killed_lethal.mean,
            "leaked_past": layer.leaked_past.mean,
            "shots_per_kill": None if layer.shots_per_kill is None else layer.shots_per_kill.mean,
            "intervals": asdict(layer),
        }
        for name, layer in summary.layers.items()
    }
    document: Document = finite(
        {
            "runs": summary.runs,
            "seed": campaign.seed,
            "objects": int(summary.objects) if summary.objects.is_integer() else summary.objects,
            "leaked": asdict(summary.leaked),
            "leak_fraction": asdict(summary.leak_fraction),
            "no_leak": asdict(summary.no_leak),
            "shots": summary.shots.mean,
            "layers": layers,
            "out": str(out),
            "scenario": {"name": campaign.name, "hash": campaign.scenario_hash},
            "intervals": {
                "shots": asdict(summary.shots),
                "space_interceptors_in_reach": asdict(summary.space_interceptors_in_reach),
            },
            "reasons": summary.reasons,
            "compare": None if summary.comparison is None else _comparison_document(summary.comparison),
            "kept_runs": list(summary.kept_runs),
            "replay_run": summary.replay_run,
            "version": version,
        }
    )
    return document


def _comparison_document(comparison: Comparison) -> Document:
    return {
        **asdict(comparison.claim),
        "ours": {
            "missiles_engaged": asdict(comparison.missiles_engaged),
            "missiles_killed": asdict(comparison.missiles_killed),
        },
    }
