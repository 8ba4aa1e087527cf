"""Which factors the doubt in a result comes from: Sobol's indices over campaigns with common random numbers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Unpack

import numpy as np
import pyarrow as pa
from pydantic import Field, field_validator

from cupola.campaign.errors import BadCampaign
from cupola.campaign.plan import check_counts
from cupola.core.spec import PositiveCount
from cupola.scenario.errors import shortened
from cupola.studies.factors import Factor, factors_of
from cupola.studies.outcomes import COST, label_of
from cupola.studies.points import MOST_POINTS, Played
from cupola.studies.sobol import Indices, saltelli_points, sobol_indices
from cupola.studies.study import Document, Study, StudyResult, Ways, estimate, first_of, play, points_table
from cupola.studies.study_file import base_of, read_study
from cupola.studies.sweep import FactorsSpec, check_asked, points_of

KIND = "sensitivity"


class SensitivitySpec(FactorsSpec):
    """A Cupola sensitivity file."""

    kind: Literal["sensitivity"] = Field(description="What this file asks")
    samples: PositiveCount = Field(
        default=64, description="Rows of the sample, a power of two; samples x (factors + 2) points are played"
    )
    second_order: bool = Field(
        default=False, description="Pairs of factors as well: samples x (2 factors + 2) points are played"
    )

    @field_validator("samples")
    @classmethod
    def _power_of_two(cls, value: int) -> int:
        if value < 2 or value & (value - 1):
            raise ValueError(f"got {value}, accepted is a power of two, e.g. 64 or 128")
        return value


def sensitivity(path: str | Path, **ways: Unpack[Ways]) -> StudyResult:
    """Play the points of a sensitivity file and return which factors the variance of its outcomes comes from.

    Every point is a campaign with the same seed; the result of a point is its mean over the runs. Raises
    ``ScenarioError`` and ``BadCampaign`` on bad input, ``CampaignFailed`` on a fault while running, after which
    ``resume=True`` goes on.
    """
    spec, document = read_study(Path(path), SensitivitySpec, KIND)
    base = base_of(spec, document)
    seed, runs = first_of(ways.get("seed"), spec.seed, base.seed), first_of(ways.get("runs"), spec.runs, base.runs)
    check_counts(seed=seed, runs=runs)
    factors = factors_of(spec.factors, base, document)
    check_asked(spec, base, document)
    count = spec.samples * ((2 if spec.second_order else 1) * len(factors) + 2)
    if count > MOST_POINTS:
        raise BadCampaign(f"got {count:,} points, accepted are at most {MOST_POINTS:,}; hint: fewer samples")
    shares = saltelli_points(len(factors), spec.samples, second_order=spec.second_order, seed=seed)
    settings = [{f.path: f.quantile(float(u)) for f, u in zip(factors, row, strict=True)} for row in shares]
    chosen_seed = seed
    study = Study(
        kind=KIND,
        name=spec.name,
        description=spec.description,
        points=points_of(base, settings, shortened(Path(path))),
        seed=seed,
        runs=runs,
        conclude=lambda played: _concluded(spec, factors, played, chosen_seed),
        terms=spec.cost,
    )
    return play(study, ways)


def _concluded(
    spec: SensitivitySpec, factors: Sequence[Factor], played: Sequence[Played], seed: int
) -> tuple[pa.Table, Document]:
    points: list[Document] = [
        {
            "name": each.point.name,
            "settings": dict(each.point.settings),
            "folder": each.folder,
            "outcomes": {name: estimate(each.interval(name)) for name in spec.outcomes},
        }
        for each in played
    ]
    document: Document = {
        "scenario": spec.scenario,
        "samples": spec.samples,
        "second_order": spec.second_order,
        "factors": [{"path": f.path, "values": f.written, "base": f.base} for f in factors],
        "outcomes": {name: label_of(name) for name in spec.outcomes},
        "indices": {name: _found(spec, factors, played, name, seed) for name in spec.outcomes},
        "points": points,
    }
    document["verdict"] = " ".join(verdict(label_of(name), document["indices"][name]) for name in spec.outcomes[:2])
    return points_table(points, [factor.path for factor in factors]), document


def _found(
    spec: SensitivitySpec, factors: Sequence[Factor], played: Sequence[Played], outcome: str, seed: int
) -> Document:
    means = np.array([each.interval(outcome).mean for each in played])
    indices = sobol_indices(means, len(factors), second_order=spec.second_order, seed=seed)
    variance = float(means.var())
    noise = 0.0 if outcome == COST else float(np.mean([_noise(each, outcome) for each in played]))
    return {
        "mean": float(means.mean()),
        "variance": variance,
        "noise_variance": noise,
        "noise_share": min(noise / variance, 1.0) if variance > 0.0 and not np.isnan(noise) else None,
        "factors": [] if indices is None else _factors(factors, indices),
        "pairs": [] if indices is None else _pairs(factors, indices),
    }


def _noise(each: Played, outcome: str) -> float:
    """Return the variance that chance leaves in a point's mean; one run does not tell."""
    values = each.outcomes.of(outcome)
    return float(values.var(ddof=1)) / len(values) if len(values) > 1 else float("nan")


def _factors(factors: Sequence[Factor], indices: Indices) -> list[Document]:
    return [
        {"path": f.path, "first": estimate(first), "total": estimate(total)}
        for f, first, total in zip(factors, indices.first, indices.total, strict=True)
    ]


def _pairs(factors: Sequence[Factor], indices: Indices) -> list[Document]:
    return [
        {"paths": [factors[i].path, factors[j].path], "second": estimate(second)}
        for (i, j), second in indices.second.items()
    ]


def verdict(label: str, found: Document) -> str:
    """Return in a sentence which factor an outcome hangs on most."""
    head = f"{label[:1].upper()}{label[1:]}"
    if not found["factors"]:
        return f"{head}: nothing that was varied moves it."
    top = max(found["factors"], key=lambda each: each["total"]["mean"])
    first, total = top["first"], top["total"]
    share = found["noise_share"]
    noise = "" if share is None else f" Chance within the points is at most {100.0 * share:.0f} % of it."
    limits = f"95 %: {_percent(total['low'])} to {_percent(total['high'])}"
    return (
        f"{head}: {top['path']} matters most, with {_percent(first['mean'])} of the variance alone and "
        f"{_percent(total['mean'])} ({limits}) with all that it does together with others.{noise}"
    )


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"
