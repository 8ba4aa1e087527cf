import numpy as np
import pytest

from cupola.core.trajectory import Phase, Trajectory
from cupola.threats.signature import burns_of, plume_intensity
from cupola.threats.spec import PlumeSignature

PLUME = PlumeSignature.model_validate(
    {"first_stage": "500 kW/sr", "upper_stages": "50 kW/sr", "dip_altitude": "80 km", "dip_factor": 0.3}
)
BURNS = ((0.0, 60.0), (65.0, 120.0))


def _shown(time: float, altitude: float) -> float:
    return float(plume_intensity(PLUME, BURNS, np.array([time]), np.array([altitude]))[0])


def test_stages_shine_with_their_own_intensity() -> None:
    assert _shown(10.0, 3e3) == pytest.approx(500e3, rel=1e-3)
    assert _shown(70.0, 250e3) == pytest.approx(50e3, rel=1e-3)


@pytest.mark.parametrize("time", [-1.0, 60.0, 62.0, 120.0, 500.0])
def test_nothing_shines_without_thrust(time: float) -> None:
    assert _shown(time, 100e3) == 0.0


def test_the_plume_dips_near_80_km() -> None:
    intensities = {altitude: _shown(100.0, altitude * 1e3) for altitude in range(20, 200, 10)}
    assert min(intensities, key=intensities.__getitem__) == 80
    assert intensities[80] == pytest.approx(0.3 * 50e3)
    assert intensities[70] < 0.7 * 50e3
    assert intensities[110] > 0.95 * 50e3


def test_burns_are_read_from_the_phases() -> None:
    nodes = np.zeros((2, 3))
    names = ("boost-1", "coast-1", "boost-2", "bus")
    phases = tuple(Phase(name=n, start_s=float(i), end_s=i + 1.0) for i, n in enumerate(names))
    assert burns_of(Trajectory(t=np.array([0.0, 4.0]), r=nodes, v=nodes, a=nodes, phases=phases)) == (
        (0.0, 1.0),
        (2.0, 3.0),
    )
