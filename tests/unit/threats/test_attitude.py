import numpy as np
import pytest

from cupola.core.trajectory import Phase, Trajectory
from cupola.scenario.catalogue import entry
from cupola.threats.attitude import CLASS_SHARES, cross_sections, held_axis


def path(*names: str) -> Trajectory:
    """A straight flight of one hour near the equator, its phases of equal length."""
    t = np.array([0.0, 3_600.0])
    v = np.array([[0.0, 3_000.0, 1_000.0]] * 2)
    r = np.array([7e6, 0.0, 0.0]) + t[:, None] * v
    span = 3_600.0 / len(names)
    phases = tuple(Phase(name=n, start_s=i * span, end_s=(i + 1) * span) for i, n in enumerate(names))
    return Trajectory(t=t, r=r, v=v, a=np.zeros((2, 3)), phases=phases)


def test_the_axis_is_the_path_through_the_turning_air_at_re_entry() -> None:
    axis, start, end = held_axis(path("midcourse", "re-entry"))
    assert (start, end) == (0.0, 1_800.0)
    r, v = np.array([7e6, 3_000.0 * 1_800.0, 1_000.0 * 1_800.0]), np.array([0.0, 3_000.0, 1_000.0])
    air = v - np.cross([0.0, 0.0, 7.292115e-5], r)
    np.testing.assert_allclose(axis, air / np.linalg.norm(air), rtol=1e-12)


def test_only_midcourse_before_re_entry_is_held() -> None:
    assert held_axis(path("orbit", "deorbit", "midcourse", "re-entry"))[1:] == (1_800.0, 2_700.0)
    for names in (("re-entry",), ("glide", "dive"), ("midcourse",), ()):
        start, end = held_axis(path(*names) if names else path("x"))[1:]
        assert start == end


def test_the_classes_share_the_sphere() -> None:
    g = np.random.Generator(np.random.PCG64(3))
    cosine = g.uniform(-1.0, 1.0, 200_000)
    edge = np.sqrt(0.5)
    counted = [(cosine > edge).mean(), (np.abs(cosine) <= edge).mean(), (cosine < -edge).mean()]
    np.testing.assert_allclose(CLASS_SHARES, counted, atol=0.004)
    assert CLASS_SHARES.sum() == pytest.approx(1.0)


def test_a_tumbling_body_shows_one_value_from_every_side() -> None:
    body = entry("threats", "icbm-solid-notional").spec.booster
    steady, tumbling = cross_sections(body, tumbling=False), cross_sections(body, tumbling=True)
    assert steady[1, 0] == body.radar_side.uhf
    assert steady[2, 3] == body.radar_rear.x_band
    np.testing.assert_allclose(tumbling[0], CLASS_SHARES @ steady)
    np.testing.assert_array_equal(tumbling[0], tumbling[2])
