import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cupola.core.atmosphere import LAYERED_TOP, TABLE_TOP, air, height, standard_air
from cupola.core.earth import geodetic_to_ecef


def test_sea_level_is_the_standard_one() -> None:
    density, pressure, sound = air(0.0)
    assert density == pytest.approx(1.2250, abs=5e-5)
    assert pressure == 101_325.0
    assert sound == pytest.approx(340.294, abs=1e-3)


@settings(deadline=None)  # the first call compiles
@given(st.floats(-500.0, TABLE_TOP - 10.0))
def test_density_falls_with_altitude_everywhere(altitude: float) -> None:
    assert air(altitude + 10.0)[0] < air(altitude)[0]


def test_layers_and_table_meet() -> None:
    below, above = air(LAYERED_TOP - 1e-6), air(LAYERED_TOP)
    assert above[0] == pytest.approx(below[0], rel=1e-4)
    assert above[1] == pytest.approx(below[1], rel=1e-3)
    assert above[2] == pytest.approx(below[2], rel=1e-3)


def test_there_is_no_air_beyond_the_table() -> None:
    assert air(TABLE_TOP)[0] == pytest.approx(3.561e-15)
    assert air(TABLE_TOP + 1.0)[0] == 0.0


def test_arrays_say_what_the_kernel_says() -> None:
    density, pressure, sound = standard_air(np.array([0.0, 30e3, 120e3]))
    assert (density[1], pressure[1], sound[1]) == air(30e3)
    assert density.shape == (3,)


@settings(deadline=None)
@given(st.floats(-math.pi / 2, math.pi / 2), st.floats(-math.pi, math.pi), st.floats(-500.0, 1.0e6))
def test_height_needs_no_latitude(latitude: float, longitude: float, altitude: float) -> None:
    assert height(*geodetic_to_ecef(latitude, longitude, altitude)) == pytest.approx(altitude, abs=0.03)
