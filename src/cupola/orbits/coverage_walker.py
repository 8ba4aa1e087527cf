"""Walker patterns as pure geometry: how far the worst placed point of a sphere ever is from its nearest satellite.

Satellites are unit vectors on circular orbits of one radius. At one instant the point farthest from all of them is a
vertex of their spherical Voronoi diagram, which is the outward normal of a facet of their convex hull: the plane
n.x = d of the facet cuts off an empty cap of radius acos(d) (Brown 1979, Information Processing Letters 9). Over time
every distance changes no faster than the satellites move, which bounds the maximum between two instants exactly.

Whether the sphere turns under the orbits changes nothing here: the largest angle is taken over all points, and the
numbers in view over all longitudes.
"""

import heapq
import math
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import Vector

TOLERANCE = math.radians(0.004)
"""rad; the worst angle is at most so much larger than the one returned"""
_FLAT = 1e-7


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A Walker pattern T/P/F: ``total`` satellites in ``planes``, neighbours out of phase by ``phasing`` x 360 deg / T.

    ``inclination`` in rad. ``spacing`` in rad between the nodes of neighbouring planes: none for a delta (the full
    circle shared out evenly), an angle for a star, whose planes take up half a circle and leave a seam.
    """

    total: int
    planes: int
    phasing: float
    inclination: float
    spacing: float | None = None

    def __post_init__(self) -> None:
        if self.total < 1 or self.planes < 1 or self.total % self.planes:
            raise ValueError(f"got {self.total}/{self.planes}, accepted is a total that is a multiple of the planes")
        if not 0.0 <= self.phasing < self.planes:
            raise ValueError(
                f"got a phasing of {self.phasing:g} for {self.planes} planes, accepted is 0 to less than the planes"
            )
        if self.spacing is None and self.phasing != int(self.phasing):
            raise ValueError(
                f"got a phasing of {self.phasing:g}, accepted are whole numbers; hint: only a star may have others"
            )
        if not 0.0 <= self.inclination <= math.pi:
            raise ValueError(
                f"got an inclination of {math.degrees(self.inclination):g} deg, accepted is 0 deg to 180 deg"
            )
        if self.spacing is not None and not 0.0 < self.spacing * max(self.planes - 1, 1) < math.tau:
            raise ValueError(
                f"got a spacing of {math.degrees(self.spacing):g} deg for {self.planes} planes, accepted is more than "
                "0 deg and so much that they fit into a circle"
            )

    @property
    def per_plane(self) -> int:
        """Satellites in one plane."""
        return self.total // self.planes

    @property
    def phases(self) -> tuple[float, float]:
        """From which to which phase in rad every distance between points and satellites is met.

        The picture at phase u turned over is that at -u, less F (P - 1) 360 deg / T for a star, so that half of what
        repeats is enough. A star with its seam repeats from seat to seat; a delta turned by one plane is itself, F 360
        deg / T further on.
        """
        if self.spacing is None:
            return 0.0, math.pi * math.gcd(self.planes, int(self.phasing)) / self.total
        first = -math.pi * self.phasing * (self.planes - 1) / self.total
        return first, first + math.pi / self.per_plane

    def directions(self, phase: float) -> Vector:
        """Return (T, 3) unit vectors to the satellites, plane by plane, with all of them ``phase`` rad further on."""
        plane = np.repeat(np.arange(self.planes), self.per_plane)
        seat = np.tile(np.arange(self.per_plane), self.planes)
        node = plane * (math.tau / self.planes if self.spacing is None else self.spacing)
        along = phase + math.tau * (seat / self.per_plane + plane * self.phasing / self.total)
        cos_i, sin_i = math.cos(self.inclination), math.sin(self.inclination)
        x, y = np.cos(along), cos_i * np.sin(along)
        return np.column_stack(
            [np.cos(node) * x - np.sin(node) * y, np.sin(node) * x + np.cos(node) * y, sin_i * np.sin(along)]
        )


@dataclass(frozen=True, kw_only=True)
class WorstPoint:
    """The point ever farthest from its nearest satellite: ``angle`` in rad, and the ``phase`` in rad and the
    ``latitude`` in rad where that happens.
    """

    angle: float
    phase: float
    latitude: float


def farthest_point(directions: Vector) -> tuple[float, Vector]:
    """Return the largest angle in rad from any point of the sphere to the nearest of ``directions`` (n, 3), and where.

    ``directions`` are unit vectors; the point is a unit vector (3,), one of several where they tie. Where a whole
    hemisphere is bare the point need not be a vertex: it is then the one opposite the hull's point nearest the centre.
    """
    from scipy.spatial import ConvexHull

    points = np.unique(np.round(directions, 12), axis=0)
    axes = np.linalg.svd(points, full_matrices=len(points) < 3)[2]
    if len(points) > 3 and np.linalg.svd(points - points.mean(axis=0), compute_uv=False)[2] > _FLAT:
        facets = ConvexHull(points).equations
        worst = int(np.argmax(facets[:, 3]))
        if facets[worst, 3] < 0.0:
            return math.acos(min(-float(facets[worst, 3]), 1.0)), facets[worst, :3]
    bare = _bare_hemisphere(points)
    if bare is not None:
        return bare
    # What is left are satellites on one great circle, all round it: either side of it is a quarter away.
    return 0.5 * math.pi, axes[2]


def _bare_hemisphere(points: Vector) -> tuple[float, Vector] | None:
    """Return the farthest point and its angle where all ``points`` (n, 3) lie in one open hemisphere, none elsewhere.

    The shortest x with -u.x >= 1 for all u, by least distance programming (Lawson and Hanson 1974, Solving Least
    Squares Problems, ch. 23): its direction is the point, and the nearest satellites are at acos(-1 / |x|).
    """
    from scipy.optimize import nnls

    problem = np.vstack([-points.T, np.ones(len(points))])
    weights, rest = nnls(problem, np.array([0.0, 0.0, 0.0, 1.0]))
    if rest < 1e-8:
        return None
    left = problem @ weights - np.array([0.0, 0.0, 0.0, 1.0])
    x = -left[:3] / left[3]
    length = float(np.linalg.norm(x))
    return math.acos(max(-1.0, -1.0 / length)), x / length


def worst_point(pattern: Pattern, tolerance: float = TOLERANCE) -> WorstPoint:
    """Return the worst placed point over all time; its angle is exact to within ``tolerance`` rad.

    Between phases a and b the largest angle is at most (f(a) + f(b) + b - a) / 2, as nothing moves faster than one
    radian in a radian of phase (Piyavskii 1972, USSR Comp. Math. 12): the interval that promises most is halved until
    none promises more than the tolerance.
    """
    found: dict[float, tuple[float, Vector]] = {}

    def at(phase: float) -> float:
        found[phase] = farthest_point(pattern.directions(phase))
        return found[phase][0]

    start, end = pattern.phases
    # Satellites of one great circle turn as one rigid body, and the largest angle stays.
    rigid = pattern.planes == 1 or abs(math.sin(pattern.inclination)) < 1e-12
    edges = np.array([start]) if rigid else np.linspace(start, end, 9)
    values = [at(float(phase)) for phase in edges]
    best = max(values)
    queue: list[tuple[float, float, float, float, float]] = []

    def promise(a: float, b: float, fa: float, fb: float) -> None:
        bound = 0.5 * (fa + fb + b - a)
        if bound > best + tolerance:
            heapq.heappush(queue, (-bound, a, b, fa, fb))

    for k in range(len(edges) - 1):
        promise(float(edges[k]), float(edges[k + 1]), values[k], values[k + 1])
    while queue and -queue[0][0] > best + tolerance:
        _, a, b, fa, fb = heapq.heappop(queue)
        middle = 0.5 * (a + b)
        value = at(middle)
        best = max(best, value)
        promise(a, middle, fa, value)
        promise(middle, b, value, fb)
    phase = max(found, key=lambda key: found[key][0])
    angle, point = found[phase]
    return WorstPoint(angle=angle, phase=phase, latitude=math.asin(min(max(float(point[2]), -1.0), 1.0)))


def mean_in_view(pattern: Pattern, latitude: float, angle: float) -> float:
    """Return how many satellites are within ``angle`` rad of a point at ``latitude`` rad, averaged over time and
    longitude.

    A satellite at latitude d covers the share acos((cos a - sin p sin d) / (cos p cos d)) / pi of a parallel; the
    average runs over its orbit.
    """
    along = (np.arange(3600) + 0.5) * math.tau / 3600
    sine = np.sin(along) * math.sin(pattern.inclination)
    return pattern.total * float(np.mean(half_widths(latitude, sine, angle))) / math.pi


def half_widths(latitude: float, sine: Vector, angle: float) -> Vector:
    """Return how far in rad of longitude on either side satellites (n,) of latitude asin(``sine``) cover a parallel."""
    level = math.cos(latitude) * np.sqrt(1.0 - sine**2)
    rest = math.cos(angle) - math.sin(latitude) * sine
    ratio = np.divide(rest, level, out=np.where(rest > 0.0, 2.0, -2.0), where=level > 1e-12)
    return np.asarray(np.arccos(np.clip(ratio, -1.0, 1.0)))


def least_in_view(pattern: Pattern, latitude: float, angle: float, phases: int = 48) -> int:
    """Return the least number of satellites within ``angle`` rad of any point at ``latitude`` rad.

    Every longitude is looked at, at ``phases`` instants spread over :attr:`Pattern.phases`; the picture turned over
    swaps north and south, so that both count.
    """
    start, end = pattern.phases
    instants = start + (end - start) * (np.arange(phases) + 0.5) / phases
    return min(_least_now(pattern.directions(u), side * latitude, angle) for u in instants for side in (1.0, -1.0))


def _least_now(places: Vector, latitude: float, angle: float) -> int:
    half = half_widths(latitude, places[:, 2], angle)
    longitude = np.arctan2(places[:, 1], places[:, 0])
    everywhere = half >= math.pi * (1.0 - 1e-12)
    some = (half > 0.0) & ~everywhere
    starts, ends = (longitude - half)[some] % math.tau, (longitude + half)[some] % math.tau
    # Arcs that lie across zero longitude are open there; just past an end the count is at its lowest.
    opened = int(everywhere.sum()) + int(np.sum(starts > ends))
    if not len(ends):
        return opened
    starts, ends = np.sort(starts), np.sort(ends)
    counts = opened + np.searchsorted(starts, ends, side="right") - np.searchsorted(ends, ends, side="right")
    return int(counts.min())
