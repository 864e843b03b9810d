"""Where crops lie on a map of two dimensions: a projection at once, and t-SNE when it is ready."""

import subprocess
import sys
import tempfile
from pathlib import Path
from time import sleep

import numpy as np

from core.domain.arrays import FloatArray
from core.domain.errors import UserError
from core.jobs import JobContext

MOST_POINTS = 20_000
"""Of more points t-SNE takes too long to be waited for."""
LEAST_POINTS = 8
_PERPLEXITY = 30.0
_SEED = 0
_POLL_S = 0.1


def project_pca(unit: FloatArray) -> FloatArray:
    """(N, 2) float32, the two directions of largest variance, scaled to [-1, 1].

    Args:
        unit: (N, D) float32.
    """
    centred = unit - unit.mean(axis=0)
    _, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))  # ascending
    axes = directions[:, -1:-3:-1]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return scale_map((centred @ (axes * signs)).astype(np.float32))


def scale_map(places: FloatArray) -> FloatArray:
    """The same map in [-1, 1], its proportions kept."""
    middle = (places.max(axis=0) + places.min(axis=0)) / 2
    reach = max(float(np.abs(places - middle).max()), 1e-12)
    scaled: FloatArray = ((places - middle) / reach).astype(np.float32)
    return scaled


def project_tsne(unit: FloatArray, ctx: JobContext) -> FloatArray:
    """(N, 2) float32, neighbours beside each other, scaled to [-1, 1].

    It runs in a process of its own, because scikit-learn's t-SNE cannot be interrupted: a cancel ends the process.

    Args:
        unit: (N, D) float32, LEAST_POINTS to MOST_POINTS rows.

    Raises:
        UserError: the process failed.
        JobCancelled: the owner cancelled.

    Source:
        van der Maaten 2014 (Barnes-Hut t-SNE), started from the PCA as Kobak and Berens 2019 advise.
    """
    ctx.report(0, 0, f"laying out {len(unit):,} crops")
    with tempfile.TemporaryDirectory(prefix="residua-") as folder:
        given, made = Path(folder) / "unit.npy", Path(folder) / "map.npy"
        np.save(given, unit)
        _run([sys.executable, "-m", "core.services.discovery.embedding_map", str(given), str(made)], ctx)
        return scale_map(np.asarray(np.load(made), np.float32))


def _run(command: list[str], ctx: JobContext) -> None:
    root = Path(__file__).resolve().parents[3]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        while process.poll() is None:
            ctx.check()
            sleep(_POLL_S)
    finally:
        process.kill()
        _, complaint = process.communicate()
    if process.returncode:
        last = complaint.decode(errors="replace").strip().splitlines()[-1:]
        raise UserError(f"The map could not be laid out: {''.join(last)}", "The map by PCA stays.")


def _lay_out(given: Path, made: Path) -> None:
    from sklearn.manifold import TSNE

    unit = np.load(given)
    start = project_pca(unit) * 1e-2
    perplexity = min(_PERPLEXITY, (len(unit) - 1) / 3)
    tsne = TSNE(2, perplexity=perplexity, init=start, metric="cosine", random_state=_SEED, n_jobs=1)
    np.save(made, tsne.fit_transform(unit))


if __name__ == "__main__":
    _lay_out(Path(sys.argv[1]), Path(sys.argv[2]))
