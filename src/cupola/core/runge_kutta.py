"""The stages of the classical Runge-Kutta method of order four for x'' = a(x, x'), for kernels whose forces differ.

The velocities of the stages are written out in terms of the accelerations: ``rates`` (4, 3) in m/s2.
"""

from cupola.core.earth import Vector
from cupola.core.kernel import kernel


@kernel
def first_half(state: Vector, rates: Vector, k: int, h: float, trial: Vector) -> None:
    """Write into ``trial`` (6,) the state after ``h`` s by the rates of stage ``k``."""
    for c in range(3):
        trial[c] = state[c] + h * state[3 + c]
        trial[3 + c] = state[3 + c] + h * rates[k, c]


@kernel
def second_half(state: Vector, rates: Vector, h: float, trial: Vector) -> None:
    """Write into ``trial`` (6,) the second guess of the state in the middle of a step of ``h`` s."""
    for c in range(3):
        trial[c] = state[c] + 0.5 * h * (state[3 + c] + 0.5 * h * rates[0, c])
        trial[3 + c] = state[3 + c] + 0.5 * h * rates[1, c]


@kernel
def whole(state: Vector, rates: Vector, h: float, trial: Vector) -> None:
    """Write into ``trial`` (6,) the guess of the state at the end of a step of ``h`` s."""
    for c in range(3):
        trial[c] = state[c] + h * (state[3 + c] + 0.5 * h * rates[1, c])
        trial[3 + c] = state[3 + c] + h * rates[2, c]


@kernel
def advance(state: Vector, rates: Vector, h: float, out: Vector) -> None:
    """Write into ``out`` (6,) the state after a step of ``h`` s; it may be ``state`` itself."""
    for c in range(3):
        out[c] = state[c] + h * (state[3 + c] + h / 6.0 * (rates[0, c] + rates[1, c] + rates[2, c]))
        out[3 + c] = state[3 + c] + h / 6.0 * (rates[0, c] + 2.0 * rates[1, c] + 2.0 * rates[2, c] + rates[3, c])


@kernel
def write_node(nodes: Vector, row: int, time: float, state: Vector, rate: Vector) -> None:
    """Write time, state and acceleration as one row of ``nodes`` (n, 10)."""
    nodes[row, 0] = time
    for c in range(6):
        nodes[row, 1 + c] = state[c]
    for c in range(3):
        nodes[row, 7 + c] = rate[c]
