"""Coverage of a grid of cells over time: how many sensors see each, from how many sides, and for how long none does.

A satellite's disc or ring covers one stretch of every parallel, or two; so an instant is a handful of additions per
parallel and one running sum along it, whatever the number of cells that a satellite sees. The statistics of gaps are
kept in the same pass.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.core.kernel import kernel

Counts = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Cells of equal steps in latitude and longitude, all round each parallel.

    ``latitude`` (rows,) and ``longitude`` (columns,) in rad are the cells' middles; ``weight`` (rows, columns) is each
    cell's share of the area looked at, zero outside it.
    """

    latitude: Vector
    longitude: Vector
    weight: Vector

    @classmethod
    def of(cls, step: float, inside: Flags | None = None) -> "Grid":
        """Return a grid of ``step`` rad, of the globe or of the cells (rows, columns) that are ``inside``."""
        latitude, longitude = middles(step)
        edges = np.linspace(-0.5 * math.pi, 0.5 * math.pi, len(latitude) + 1)
        area = np.repeat(np.diff(np.sin(edges))[:, None], len(longitude), axis=1)
        weight = area if inside is None else np.where(inside, area, 0.0)
        total = float(weight.sum())
        if total <= 0.0:
            raise ValueError(
                "got an area that holds the middle of no cell, accepted is at least one; hint: a finer grid"
            )
        return cls(latitude=latitude, longitude=longitude, weight=weight / total)


def middles(step: float) -> tuple[Vector, Vector]:
    """Return the latitudes and longitudes in rad of the cells' middles. Raises ``ValueError`` unless steps fit."""
    rows = round(math.pi / step) if step > 0.0 else 0
    if rows < 2 or abs(rows * step - math.pi) > 1e-6:
        raise ValueError(
            f"got a step of {math.degrees(step):g} deg, accepted is a part of 180 deg, such as 1 deg or 2.5 deg"
        )
    return (np.arange(rows) + 0.5) * math.pi / rows - 0.5 * math.pi, (
        np.arange(2 * rows) + 0.5
    ) * math.pi / rows - math.pi


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What every cell (rows, columns) met with in ``samples`` instants.

    ``covered`` and ``stereo`` instants; ``visible`` sensors summed; ``longest`` run of instants without any sensor,
    number of such runs ``gaps``, and ``waited``, the instants since a sensor last saw it, summed; ``share`` (samples,)
    of the area covered at each instant; ``least`` (rows,) sensors in view of any cell of a row at any instant.
    """

    samples: int
    covered: Counts
    stereo: Counts
    visible: Counts
    longest: Counts
    gaps: Counts
    waited: Vector
    share: Vector
    least: Counts
    last: Counts

    @classmethod
    def empty(cls, grid: Grid, samples: int) -> "Tally":
        """Return a tally before the first instant."""
        shape = grid.weight.shape

        def zeros() -> Counts:
            return np.zeros(shape, np.int32)

        return cls(
            samples=samples, covered=zeros(), stereo=zeros(), visible=zeros(), longest=zeros(), gaps=zeros(),
            waited=np.zeros(shape), share=np.zeros(samples), least=np.full(shape[0], 2**31 - 1, np.int32),
            last=np.full(shape, -1, np.int32),
        )  # fmt: skip


def sweep(
    grid: Grid,
    tally: Tally,
    first: int,
    views: Vector,
    shell: float,
    standing: tuple[Flags, Vector],
    least_crossing: float,
) -> None:
    """Add instants ``first`` and on to a tally, in place; call it for all of them in order.

    ``views`` (m, s, 6) are the satellites of :func:`cupola.orbits.coverage_access.look_down` at m instants; ``shell``
    in m is the radius looked at. ``standing`` are sensors that stay: which cells each sees (k, rows, columns), and
    Earth-fixed positions (k, 3) in m. Two sensors count as stereo where their sight lines, taken as lines, cross at
    ``least_crossing`` rad or more.
    """
    seen, places = standing
    _sweep(
        np.sin(grid.latitude), np.cos(grid.latitude), np.cos(grid.longitude), np.sin(grid.longitude),
        grid.weight, first, tally.samples, views, shell, seen, places, seen.sum(axis=0).astype(np.int32),
        math.cos(least_crossing) ** 2, tally.covered, tally.stereo, tally.visible, tally.longest, tally.gaps,
        tally.waited, tally.share, tally.least, tally.last,
    )  # fmt: skip


@kernel
def _add(diff: Counts, middle: float, half: float, sign: int, closed: bool) -> None:
    """Add ``sign`` to the cells within ``half`` of ``middle``, both in cells, in a difference array round a parallel.

    ``closed`` takes in cells exactly at the edge.
    """
    n = diff.shape[0] - 1
    if closed:
        low, high = math.ceil(middle - half), math.floor(middle + half)
    else:
        low, high = math.floor(middle - half) + 1, math.ceil(middle + half) - 1
    count = min(high - low + 1, n)
    if count <= 0:
        return
    start = low % n
    diff[start] += sign
    if start + count <= n:
        diff[start + count] -= sign
    else:
        diff[n] -= sign
        diff[0] += sign
        diff[start + count - n] -= sign


@kernel
def _parallel(view: Vector, sin_lat: float, cos_lat: float, step: float, diff: Counts, near: Counts) -> int:
    """Enter all satellites of one instant (s, 6) in the difference array of a parallel; return how many reach it.

    Their indices go to ``near``.
    """
    found = 0
    n = diff.shape[0] - 1
    for i in range(view.shape[0]):
        level = math.sqrt(view[i, 0] * view[i, 0] + view[i, 1] * view[i, 1]) * cos_lat
        base = view[i, 2] * sin_lat
        if base + level < view[i, 4]:
            continue
        outer = (view[i, 4] - base) / level if level > 1e-15 else -1.0
        hole = 2.0
        if base + level > view[i, 5]:
            hole = (view[i, 5] - base) / level if level > 1e-15 else -1.0
            if hole <= -1.0:
                continue
        near[found] = i
        found += 1
        middle = (math.atan2(view[i, 1], view[i, 0]) + math.pi) / step - 0.5
        if outer <= -1.0:
            diff[0] += 1
            diff[n] -= 1
        else:
            _add(diff, middle, math.acos(min(outer, 1.0)) / step, 1, True)
        if hole < 1.0:
            _add(diff, middle, math.acos(hole) / step, -1, False)
    return found


@kernel
def _crossing(ax: float, ay: float, az: float, bx: float, by: float, bz: float, cos2: float) -> bool:
    """Say whether two sight lines cross at no less than the angle whose squared cosine is ``cos2``."""
    dot = ax * bx + ay * by + az * bz
    return bool(dot * dot <= cos2 * (ax * ax + ay * ay + az * az) * (bx * bx + by * by + bz * bz))


@kernel
def _sees(view: Vector, x: float, y: float, z: float) -> bool:
    cosine = view[0] * x + view[1] * y + view[2] * z
    return bool(view[4] <= cosine <= view[5])


@kernel
def _find_pair(
    view: Vector,
    near: Counts,
    found: int,
    seen: Flags,
    places: Vector,
    x: float,
    y: float,
    z: float,
    shell: float,
    cos2: float,
    lines: Vector,
    pair: Counts,
) -> bool:
    """Look for two sensors with lines that cross well at a cell; ``pair`` gets them when both are satellites."""
    count = 0
    pair[0], pair[1] = -1, -1
    for k in range(found + places.shape[0]):
        if k < found:
            i = near[k]
            if not _sees(view[i], x, y, z):
                continue
            radius = view[i, 3]
            lines[count, 0] = view[i, 0] * radius - x * shell
            lines[count, 1] = view[i, 1] * radius - y * shell
            lines[count, 2] = view[i, 2] * radius - z * shell
            lines[count, 3] = i
        else:
            i = k - found
            if not seen[i]:
                continue
            lines[count, 0] = places[i, 0] - x * shell
            lines[count, 1] = places[i, 1] - y * shell
            lines[count, 2] = places[i, 2] - z * shell
            lines[count, 3] = -1.0
        for j in range(count):
            if _crossing(
                lines[count, 0], lines[count, 1], lines[count, 2], lines[j, 0], lines[j, 1], lines[j, 2], cos2
            ):
                if lines[count, 3] >= 0.0 and lines[j, 3] >= 0.0:
                    pair[0], pair[1] = int(lines[count, 3]), int(lines[j, 3])
                return True
        count += 1
    return False


@kernel
def _keep_pair(view: Vector, pair: Counts, sin_lat: float, cos_lat: float, shell: float, kept: Vector) -> None:
    """Prepare what :func:`_still` needs of two satellites along one parallel: factors of cos and sin of the longitude.

    With c the cell's direction the lines are A - s c and B - s c, so that all follows from A.c and B.c.
    """
    a, b = pair[0], pair[1]
    p, q = view[a, 3], view[b, 3]
    kept[0], kept[1], kept[2] = p * cos_lat * view[a, 0], p * cos_lat * view[a, 1], p * sin_lat * view[a, 2]
    kept[3], kept[4], kept[5] = q * cos_lat * view[b, 0], q * cos_lat * view[b, 1], q * sin_lat * view[b, 2]
    kept[6], kept[7], kept[8], kept[9] = p * view[a, 4], p * view[a, 5], q * view[b, 4], q * view[b, 5]
    kept[10], kept[11] = p * p + shell * shell, q * q + shell * shell
    across = view[a, 0] * view[b, 0] + view[a, 1] * view[b, 1] + view[a, 2] * view[b, 2]
    kept[12] = p * q * across + shell * shell


@kernel
def _still(kept: Vector, cos_lon: float, sin_lon: float, shell: float, cos2: float) -> bool:
    """Say whether the pair that served the cell before serves this one: neighbours mostly share theirs."""
    ac = kept[0] * cos_lon + kept[1] * sin_lon + kept[2]
    bc = kept[3] * cos_lon + kept[4] * sin_lon + kept[5]
    if ac < kept[6] or ac > kept[7] or bc < kept[8] or bc > kept[9]:
        return False
    dot = kept[12] - shell * (ac + bc)
    return bool(dot * dot <= cos2 * (kept[10] - 2.0 * shell * ac) * (kept[11] - 2.0 * shell * bc))


@kernel
def _sweep(
    sin_lat: Vector,
    cos_lat: Vector,
    cos_lon: Vector,
    sin_lon: Vector,
    weight: Vector,
    first: int,
    samples: int,
    views: Vector,
    shell: float,
    seen: Flags,
    places: Vector,
    standing: Counts,
    cos2: float,
    covered: Counts,
    stereo: Counts,
    visible: Counts,
    longest: Counts,
    gaps: Counts,
    waited: Vector,
    share: Vector,
    least: Counts,
    last: Counts,
) -> None:
    rows, columns = weight.shape
    step = math.tau / columns
    diff = np.zeros(columns + 1, np.int32)
    count = np.empty(columns, np.int32)
    near = np.empty(views.shape[1], np.int32)
    lines = np.empty((views.shape[1] + places.shape[0], 4))
    pair, kept = np.full(2, -1, np.int32), np.empty(13)
    for row in range(rows):
        if not np.any(weight[row] > 0.0):
            continue
        for k in range(views.shape[0]):
            diff[:] = 0
            found = _parallel(views[k], sin_lat[row], cos_lat[row], step, diff, near)
            pair[0] = -1
            running = 0
            for j in range(columns):
                running += diff[j]
                count[j] = running + standing[row, j] if weight[row, j] > 0.0 else -1
            now = first + k
            area, fewest = _note(
                now, count, weight[row], covered[row], visible[row], longest[row], gaps[row], waited[row], last[row]
            )
            share[now] += area
            least[row] = min(least[row], fewest)
            for j in range(columns):
                if count[j] < 2:
                    continue
                if pair[0] >= 0 and _still(kept, cos_lon[j], sin_lon[j], shell, cos2):
                    stereo[row, j] += 1
                    continue
                x, y, z = cos_lat[row] * cos_lon[j], cos_lat[row] * sin_lon[j], sin_lat[row]
                if _find_pair(views[k], near, found, seen[:, row, j], places, x, y, z, shell, cos2, lines, pair):
                    stereo[row, j] += 1
                if pair[0] >= 0:
                    _keep_pair(views[k], pair, sin_lat[row], cos_lat[row], shell, kept)
        if first + views.shape[0] == samples:
            _close(row, samples, weight[row], longest, gaps, waited, last)


@kernel
def _note(
    now: int,
    count: Counts,
    weight: Vector,
    covered: Counts,
    visible: Counts,
    longest: Counts,
    gaps: Counts,
    waited: Vector,
    last: Counts,
) -> tuple[float, int]:
    """Enter the sensors that see each cell of a parallel at instant ``now``; -1 stands for a cell that does not count.

    Return the area covered and the least number of sensors.
    """
    area, fewest = 0.0, 2**31 - 1
    for j in range(count.shape[0]):
        if count[j] <= 0:
            fewest = fewest if count[j] < 0 else 0
            continue
        fewest = min(fewest, count[j])
        area += weight[j]
        covered[j] += 1
        visible[j] += count[j]
        gap = now - last[j] - 1
        last[j] = now
        if gap > 0:
            gaps[j] += 1
            longest[j] = max(longest[j], gap)
            waited[j] += 0.5 * gap * (gap + 1.0)
    return area, fewest


@kernel
def _close(row: int, samples: int, weight: Vector, longest: Counts, gaps: Counts, waited: Vector, last: Counts) -> None:
    """Count the gaps that are open when the time is over."""
    for j in range(weight.shape[0]):
        gap = samples - 1 - last[row, j]
        if weight[j] > 0.0 and gap > 0:
            gaps[row, j] += 1
            longest[row, j] = max(longest[row, j], gap)
            waited[row, j] += 0.5 * gap * (gap + 1.0)
