import numpy as np

from core.domain.maps import Crop, Region


def make_crop(side: int, seed: int, *, masked: bool = True) -> Crop:
    """Noise with a bright disc; the mask lies on the disc."""
    rng = np.random.default_rng(seed)
    y, x = np.ogrid[:side, :side]
    disc = np.hypot(y - side / 2, x - side / 2) < side / 6
    pixels = np.clip(rng.normal(0.4, 0.1, (side, side)) + 0.4 * disc, 0, 1).astype(np.float32)
    soft = (disc * masked).astype(np.float32)
    region = Region((side // 3, side // 3, side // 3, side // 3), int(disc.sum()), (side / 2, side / 2), 1.0)
    return Crop((0, 0), pixels, soft, region)
