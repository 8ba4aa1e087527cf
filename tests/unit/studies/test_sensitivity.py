"""Sobol's indices against a closed form, through the code that studies use; and studies without the engine."""

from pathlib import Path

import numpy as np
import pytest
from study_toy import Toy, Written, toy, written  # noqa: F401

from cupola.campaign.errors import BadCampaign
from cupola.report.sensitivity_page import write_report
from cupola.scenario.errors import ScenarioError
from cupola.studies.sensitivity import sensitivity
from cupola.studies.sobol import saltelli_points, sobol_indices

HEAD = "cupola: 1\nkind: sensitivity\nname: A study\nscenario: EXAMPLE\nruns: 12\nseed: 5\n"


@pytest.fixture(autouse=True)
def _toys(toy: Toy) -> None:  # noqa: F811
    pass


def test_the_function_of_ishigami_and_homma() -> None:
    """sin x1 + a sin^2 x2 + b x3^4 sin x1 on (-pi, pi)^3 (Ishigami and Homma 1990), whose indices are known in full."""
    a, b = 7.0, 0.1
    shares = saltelli_points(3, 2048, second_order=True, seed=3)
    assert shares.shape == (2048 * 8, 3)
    x = np.pi * (2.0 * shares - 1.0)
    found = sobol_indices(
        np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0]), 3, second_order=True, seed=3
    )
    assert found is not None
    v1, v2, v13 = 0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, 8 * b**2 * np.pi**8 / 225
    total = v1 + v2 + v13
    for interval, truth in zip(found.first, (v1 / total, v2 / total, 0.0), strict=True):
        assert interval.mean == pytest.approx(truth, abs=0.02)
        assert interval.low <= truth <= interval.high
    for interval, truth in zip(found.total, ((v1 + v13) / total, v2 / total, v13 / total), strict=True):
        assert interval.mean == pytest.approx(truth, abs=0.02)
        assert interval.low <= truth <= interval.high
    assert found.second[0, 2].mean == pytest.approx(v13 / total, abs=0.03)
    assert found.second[0, 1].mean == pytest.approx(0.0, abs=0.03)


def test_points_depend_on_the_seed_alone_and_fill_the_cube_evenly() -> None:
    first = saltelli_points(2, 16, second_order=False, seed=1)
    assert first.shape == (16 * 4, 2)
    assert np.array_equal(first, saltelli_points(2, 16, second_order=False, seed=1))
    assert not np.array_equal(first, saltelli_points(2, 16, second_order=False, seed=2))
    rows = first[::4]
    assert sorted(np.floor(16 * rows[:, 0]).astype(int)) == list(range(16))
    with pytest.raises(ValueError, match="a power of two"):
        saltelli_points(2, 12, second_order=False, seed=1)


def test_what_never_varies_has_no_indices() -> None:
    assert sobol_indices(np.full(32, 3.0), 2, second_order=False, seed=1) is None


def test_a_study_finds_the_factor_that_matters(tmp_path: Path, written: Written) -> None:  # noqa: F811
    text = HEAD + "samples: 16\noutcomes: [leaked, shots]\nfactors:\n"
    text += "  common_mode_failure: {from: 0, to: 1}\n  battle.commit_delay: ['9 s', '60 s']\n"
    found = sensitivity(written(text), out=tmp_path / "out").summary
    assert len(found["points"]) == 16 * 4
    matters, idle = found["indices"]["leaked"]["factors"]
    assert matters["path"] == "common_mode_failure"
    assert matters["first"]["mean"] == pytest.approx(1.0, abs=0.25)
    assert matters["total"]["low"] <= 1.0 <= matters["total"]["high"]
    assert idle["total"] == {"mean": 0.0, "low": 0.0, "high": 0.0}
    assert 0.0 < found["indices"]["leaked"]["noise_share"] < 0.3
    assert found["indices"]["shots"]["factors"] == []
    assert "common_mode_failure matters most" in found["verdict"]
    assert "nothing that was varied moves it" in found["verdict"]
    html = write_report(tmp_path / "out").read_text(encoding="utf-8")
    assert html.count("<svg") == 5
    assert "nan" not in html.lower().split("</style>")[1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("samples: 100", "got 100, accepted is a power of two"),
        ("samples: 4096\nsecond_order: true", "got 16,384 points, accepted are at most 10,000"),
        ("sample: 64", "did you mean 'samples'"),
        ("method: grid", "unknown key 'method'"),
        ("outcomes: [leeked]", "did you mean 'leaked'"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(
    tmp_path: Path,
    written: Written,  # noqa: F811
    text: str,
    message: str,
) -> None:
    spec = written(HEAD + text + "\nfactors: {common_mode_failure: [0, 1]}")
    with pytest.raises((ScenarioError, BadCampaign), match=message):
        sensitivity(spec, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
