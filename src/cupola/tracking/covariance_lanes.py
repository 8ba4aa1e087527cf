"""The covariance of many filters side by side, one in each lane of a vector loop: carried and corrected.

Seven states, of which the last keeps still; measurements of position. Only the lower triangle is kept. A loop over
``LANES`` filters without a branch becomes vector code.
"""

from cupola.core.kernel import kernel

LANES = 16

# Rows of the work array, LANES numbers each: state, lower triangle of the covariance, derivatives (3, 7) at the start
# of the step, transition (6, 7), middle of the step, slopes (3, 3) and residuals of the measurement, and its parts.
X, P, A, F, MIDDLE, H, RESIDUAL, EAST, NORTH, UP, LEVEL, AIR, SQUARED = (
    0,
    7,
    35,
    56,
    98,
    104,
    113,
    116,
    117,
    118,
    119,
    120,
    121,
)
ROWS = 122


@kernel(contract=True, inline=True)
def load(s, at):  # type: ignore[no-untyped-def]
    """Return seven rows of one lane."""
    return (
        s[at],
        s[at + LANES],
        s[at + 2 * LANES],
        s[at + 3 * LANES],
        s[at + 4 * LANES],
        s[at + 5 * LANES],
        s[at + 6 * LANES],
    )


@kernel(contract=True, inline=True)
def store(s, at, a, b, c, d, e, f, g):  # type: ignore[no-untyped-def]
    """Write seven rows of one lane."""
    s[at], s[at + LANES], s[at + 2 * LANES], s[at + 3 * LANES] = a, b, c, d
    s[at + 4 * LANES], s[at + 5 * LANES], s[at + 6 * LANES] = e, f, g


@kernel(contract=True, inline=True)
def _dot(s, at, a, b, c, d, e, f, g):  # type: ignore[no-untyped-def]
    return (
        s[at] * a
        + s[at + LANES] * b
        + s[at + 2 * LANES] * c
        + s[at + 3 * LANES] * d
        + s[at + 4 * LANES] * e
        + s[at + 5 * LANES] * f
        + s[at + 6 * LANES] * g
    )


@kernel(contract=True, inline=True)
def _through(s, i, a, b, c, d, e, f, g):  # type: ignore[no-untyped-def]
    """Return the transition's first six rows times a column of seven."""
    return (
        _dot(s, LANES * F + i, a, b, c, d, e, f, g),
        _dot(s, LANES * (F + 7) + i, a, b, c, d, e, f, g),
        _dot(s, LANES * (F + 14) + i, a, b, c, d, e, f, g),
        _dot(s, LANES * (F + 21) + i, a, b, c, d, e, f, g),
        _dot(s, LANES * (F + 28) + i, a, b, c, d, e, f, g),
        _dot(s, LANES * (F + 35) + i, a, b, c, d, e, f, g),
    )


@kernel(contract=True, inline=True)
def _covariance(s, i):  # type: ignore[no-untyped-def]
    """Return the lower triangle of the covariance, row by row."""
    at = LANES * P + i
    return load(s, at) + load(s, at + 7 * LANES) + load(s, at + 14 * LANES) + load(s, at + 21 * LANES)


@kernel(contract=True)
def carry(s, c, h):  # type: ignore[no-untyped-def]
    """Replace the covariance by F P F^T + Q: first W = F P by columns, then its rows through F again."""
    place, cross, speed, parameter = c[3] * h * h * h / 3.0, c[3] * h * h / 2.0, c[3] * h, c[4] * h
    for i in range(LANES):
        p = _covariance(s, i)
        c0 = _through(s, i, p[0], p[1], p[3], p[6], p[10], p[15], p[21])
        c1 = _through(s, i, p[1], p[2], p[4], p[7], p[11], p[16], p[22])
        c2 = _through(s, i, p[3], p[4], p[5], p[8], p[12], p[17], p[23])
        c3 = _through(s, i, p[6], p[7], p[8], p[9], p[13], p[18], p[24])
        c4 = _through(s, i, p[10], p[11], p[12], p[13], p[14], p[19], p[25])
        c5 = _through(s, i, p[15], p[16], p[17], p[18], p[19], p[20], p[26])
        c6 = _through(s, i, p[21], p[22], p[23], p[24], p[25], p[26], p[27])
        at = LANES * P + i
        r = _through(s, i, c0[0], c1[0], c2[0], c3[0], c4[0], c5[0], c6[0])
        s[at + 0 * LANES] = r[0] + place
        r = _through(s, i, c0[1], c1[1], c2[1], c3[1], c4[1], c5[1], c6[1])
        s[at + 1 * LANES] = r[0]
        s[at + 2 * LANES] = r[1] + place
        r = _through(s, i, c0[2], c1[2], c2[2], c3[2], c4[2], c5[2], c6[2])
        s[at + 3 * LANES] = r[0]
        s[at + 4 * LANES] = r[1]
        s[at + 5 * LANES] = r[2] + place
        r = _through(s, i, c0[3], c1[3], c2[3], c3[3], c4[3], c5[3], c6[3])
        s[at + 6 * LANES] = r[0] + cross
        s[at + 7 * LANES] = r[1]
        s[at + 8 * LANES] = r[2]
        s[at + 9 * LANES] = r[3] + speed
        r = _through(s, i, c0[4], c1[4], c2[4], c3[4], c4[4], c5[4], c6[4])
        s[at + 10 * LANES] = r[0]
        s[at + 11 * LANES] = r[1] + cross
        s[at + 12 * LANES] = r[2]
        s[at + 13 * LANES] = r[3]
        s[at + 14 * LANES] = r[4] + speed
        r = _through(s, i, c0[5], c1[5], c2[5], c3[5], c4[5], c5[5], c6[5])
        s[at + 15 * LANES] = r[0]
        s[at + 16 * LANES] = r[1]
        s[at + 17 * LANES] = r[2] + cross
        s[at + 18 * LANES] = r[3]
        s[at + 19 * LANES] = r[4]
        s[at + 20 * LANES] = r[5] + speed
        # The parameter stays: the last row is that of W.
        s[at + 21 * LANES] = c6[0]
        s[at + 22 * LANES] = c6[1]
        s[at + 23 * LANES] = c6[2]
        s[at + 24 * LANES] = c6[3]
        s[at + 25 * LANES] = c6[4]
        s[at + 26 * LANES] = c6[5]
        s[at + 27 * LANES] = p[27] + parameter


@kernel(contract=True)
def correct(s, component, variance):  # type: ignore[no-untyped-def]
    """Take one quantity in Joseph's form; what it moves is taken off the residuals of those that follow."""
    for i in range(LANES):
        p = _covariance(s, i)
        at = LANES * (H + 3 * component) + i
        a, b, c = s[at], s[at + LANES], s[at + 2 * LANES]
        residual = s[LANES * (RESIDUAL + component) + i]
        d0 = p[0] * a + p[1] * b + p[3] * c
        d1 = p[1] * a + p[2] * b + p[4] * c
        d2 = p[3] * a + p[4] * b + p[5] * c
        d3 = p[6] * a + p[7] * b + p[8] * c
        d4 = p[10] * a + p[11] * b + p[12] * c
        d5 = p[15] * a + p[16] * b + p[17] * c
        d6 = p[21] * a + p[22] * b + p[23] * c
        own = variance + a * d0 + b * d1 + c * d2
        k = 1.0 / own
        g0, g1, g2, g3, g4, g5, g6 = d0 * k, d1 * k, d2 * k, d3 * k, d4 * k, d5 * k, d6 * k
        # (I - K h) P h, from the rounded (I - K h) P: what Joseph's form has beside the short one.
        m0 = (p[0] - g0 * d0) * a + (p[1] - g0 * d1) * b + (p[3] - g0 * d2) * c - variance * g0
        m1 = (p[1] - g1 * d0) * a + (p[2] - g1 * d1) * b + (p[4] - g1 * d2) * c - variance * g1
        m2 = (p[3] - g2 * d0) * a + (p[4] - g2 * d1) * b + (p[5] - g2 * d2) * c - variance * g2
        m3 = (p[6] - g3 * d0) * a + (p[7] - g3 * d1) * b + (p[8] - g3 * d2) * c - variance * g3
        m4 = (p[10] - g4 * d0) * a + (p[11] - g4 * d1) * b + (p[12] - g4 * d2) * c - variance * g4
        m5 = (p[15] - g5 * d0) * a + (p[16] - g5 * d1) * b + (p[17] - g5 * d2) * c - variance * g5
        m6 = (p[21] - g6 * d0) * a + (p[22] - g6 * d1) * b + (p[23] - g6 * d2) * c - variance * g6
        at = LANES * P + i
        s[at + 0 * LANES] = p[0] - g0 * d0 - m0 * g0
        s[at + 1 * LANES] = p[1] - g1 * d0 - m1 * g0
        s[at + 2 * LANES] = p[2] - g1 * d1 - m1 * g1
        s[at + 3 * LANES] = p[3] - g2 * d0 - m2 * g0
        s[at + 4 * LANES] = p[4] - g2 * d1 - m2 * g1
        s[at + 5 * LANES] = p[5] - g2 * d2 - m2 * g2
        s[at + 6 * LANES] = p[6] - g3 * d0 - m3 * g0
        s[at + 7 * LANES] = p[7] - g3 * d1 - m3 * g1
        s[at + 8 * LANES] = p[8] - g3 * d2 - m3 * g2
        s[at + 9 * LANES] = p[9] - g3 * d3 - m3 * g3
        s[at + 10 * LANES] = p[10] - g4 * d0 - m4 * g0
        s[at + 11 * LANES] = p[11] - g4 * d1 - m4 * g1
        s[at + 12 * LANES] = p[12] - g4 * d2 - m4 * g2
        s[at + 13 * LANES] = p[13] - g4 * d3 - m4 * g3
        s[at + 14 * LANES] = p[14] - g4 * d4 - m4 * g4
        s[at + 15 * LANES] = p[15] - g5 * d0 - m5 * g0
        s[at + 16 * LANES] = p[16] - g5 * d1 - m5 * g1
        s[at + 17 * LANES] = p[17] - g5 * d2 - m5 * g2
        s[at + 18 * LANES] = p[18] - g5 * d3 - m5 * g3
        s[at + 19 * LANES] = p[19] - g5 * d4 - m5 * g4
        s[at + 20 * LANES] = p[20] - g5 * d5 - m5 * g5
        s[at + 21 * LANES] = p[21] - g6 * d0 - m6 * g0
        s[at + 22 * LANES] = p[22] - g6 * d1 - m6 * g1
        s[at + 23 * LANES] = p[23] - g6 * d2 - m6 * g2
        s[at + 24 * LANES] = p[24] - g6 * d3 - m6 * g3
        s[at + 25 * LANES] = p[25] - g6 * d4 - m6 * g4
        s[at + 26 * LANES] = p[26] - g6 * d5 - m6 * g5
        s[at + 27 * LANES] = p[27] - g6 * d6 - m6 * g6
        at = LANES * X + i
        x = load(s, at)
        store(
            s,
            at,
            x[0] + g0 * residual,
            x[1] + g1 * residual,
            x[2] + g2 * residual,
            x[3] + g3 * residual,
            x[4] + g4 * residual,
            x[5] + g5 * residual,
            x[6] + g6 * residual,
        )
        s[LANES * SQUARED + i] += residual * residual * k
        at = LANES * (H + 3) + i
        moved = s[at] * g0 + s[at + LANES] * g1 + s[at + 2 * LANES] * g2
        s[LANES * (RESIDUAL + 1) + i] -= moved * residual
        at = LANES * (H + 6) + i
        moved = s[at] * g0 + s[at + LANES] * g1 + s[at + 2 * LANES] * g2
        s[LANES * (RESIDUAL + 2) + i] -= moved * residual


@kernel
def unpack(s, i, p):  # type: ignore[no-untyped-def]
    """Write the covariance p (7, 7) of one lane."""
    for a in range(7):
        for b in range(a + 1):
            value = s[LANES * (P + a * (a + 1) // 2 + b) + i]
            p[a, b] = value
            p[b, a] = value
