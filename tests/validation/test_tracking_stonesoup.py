"""The same measurements through the filters of Stone Soup (validation/stonesoup: raw output, builder) and ours."""

from pathlib import Path

import numpy as np
import pytest

from cupola.studies.tracking_cases import draw, radar_reentry
from cupola.tracking.reentry_filter import follow
from cupola.tracking.unscented import Spread

DATA = np.load(Path(__file__).parents[2] / "validation" / "stonesoup" / "reentry.npz")


def test_the_case_is_still_the_one_that_stone_soup_was_given() -> None:
    case = radar_reentry()
    np.testing.assert_array_equal(case.model.constants, DATA["constants"])
    np.testing.assert_allclose(case.plan.site, np.tile(DATA["site"], (200, 1)), rtol=1e-14)
    np.testing.assert_allclose(case.mean, DATA["x"], rtol=1e-14)
    np.testing.assert_allclose(draw(case, 1, seed=2026).z[0], DATA["z"], rtol=1e-10)


@pytest.mark.parametrize(("name", "spread"), [("ekf", None), ("ukf", Spread())])
def test_same_estimate_and_covariance_as_stone_soup(name: str, spread: Spread | None) -> None:
    case = radar_reentry()
    ours = follow(case.model, case.plan, DATA["x"], DATA["p"], DATA["z"], unscented=spread)
    theirs_x, theirs_p = DATA[f"{name}_x"], DATA[f"{name}_p"]
    sigma = np.sqrt(np.diagonal(theirs_p, axis1=1, axis2=2))
    # The states differ by less than a millionth of their own size and of what they are known to.
    difference = np.abs(ours.x - theirs_x)
    for part in (slice(0, 3), slice(3, 6), slice(6, 7)):
        scale = np.linalg.norm(theirs_x[:, part], axis=1, keepdims=True)
        assert (difference[:, part] / scale).max() < 1e-6
    assert (difference[19::20] / sigma).max() < 1e-6
    scale = sigma[:, :, None] * sigma[:, None, :]
    assert (np.abs(ours.p[19::20] - theirs_p) / scale).max() < 1e-6
