"""Random streams that depend on (campaign seed, run index, stream name) alone.

No generator is shared or kept: whoever needs chance asks for its own named stream, so that adding a sensor or an
interceptor does not shift the draws of another, and serial and parallel campaigns are bit-identical.
"""

import hashlib

import numpy as np


def stream(campaign_seed: int, run_index: int, *names: str) -> np.random.Generator:
    """Return the generator of one named stream, e.g. ``stream(7, 12, "kill", "M03")``.

    Two streams with different seeds, run indices or names are statistically independent (NumPy's ``SeedSequence``).
    """
    digest = hashlib.blake2b("\x1f".join(names).encode(), digest_size=8).digest()
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence((campaign_seed, run_index, int.from_bytes(digest, "little"))))
    )
