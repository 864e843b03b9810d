"""An embedding fitted to a lot of the history, and the recipe that uses it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from core.domain.errors import JobCancelled, UserError
from core.domain.ids import ImageId, LotId
from core.domain.recipes import Recipe
from core.domain.review import ReviewItem
from core.jobs import JobContext
from core.services.discovery.embedding import options_of
from core.services.discovery.stored_crops import PlacedCrop, cut_stored_crops
from core.services.recipes import current_recipe, keep_recipe
from core.services.recipes.library import find_recipe, refuse_locked, save_version, with_free_number
from core.services.training.fine_tuning import FineTuning, checkpoint_of_fit, fine_tune_embedder
from core.services.workspace import Workspace

_FOLDER = "models"


def fit_embedding_to_lot(
    workspace: Workspace,
    lot_id: LotId,
    recipe: Recipe,
    device: str,
    ctx: JobContext,
    plan: FineTuning = FineTuning(),  # noqa: B008 - frozen
) -> Recipe:
    """Fit the recipe's embedding to a lot's defects, named and unnamed ones, and put it to use.

    Args:
        workspace: holds the lot; the weights are kept beside its history.
        lot_id: a lot that was detected.
        recipe: whose embedding it begins as.
        device: "auto", "cpu" or "cuda".
        plan: how.

    Returns:
        The recipe with the fitted embedding, in use from now on unless another one was put in use meanwhile.

    Raises:
        UserError: the recipe's embedding cannot be trained, or there are too few defects.
        JobCancelled: between images and steps; the recipe stays.
    """
    if (start := options_of(recipe.discovery.embedding)) is None or start.method == "raw":
        raise UserError(
            "The embedding of this recipe is not one that learns.", "Choose the embedding “default” first."
        )
    if (known := find_recipe(workspace, recipe.name)) is not None:
        refuse_locked(known)  # before minutes are spent
    items = workspace.history.list_items(lot_id)
    placed = list(cut_stored_crops(workspace, items, ctx))
    names = list(_names(workspace, items, placed))
    out = _file_of(workspace.home / _FOLDER, lot_id)
    try:
        fine_tune_embedder([each.crop for each in placed], names, start, out, plan, device, ctx)
    except JobCancelled:
        checkpoint_of_fit(out).unlink(missing_ok=True)  # the next fit is of other names or defects
        raise
    return _adopt(workspace, recipe, out, f"embedding fitted to {len(placed)} defects")


def _adopt(workspace: Workspace, begun: Recipe, embedding: Path, note: str) -> Recipe:
    """A version that differs from the newest one in use by the embedding alone: others may have changed it meanwhile.

    Where another recipe is in use by now, it stays in use.
    """
    now = current_recipe(workspace)
    base = now if now.name == begun.name else begun
    discovery = base.discovery.model_copy(update={"embedding": str(embedding)})
    fitted = with_free_number(workspace, base.model_copy(update={"discovery": discovery}))
    if now.name == begun.name:
        keep_recipe(workspace, fitted, note)
        return fitted
    return save_version(workspace, fitted, note)


def _names(
    workspace: Workspace, items: Sequence[ReviewItem], placed: Sequence[PlacedCrop]
) -> Iterator[str | None]:
    """The class of each image's most anomalous crop; what else was marked there may be something else."""
    classes = {one.id: one.name for one in workspace.history.list_classes(include_retired=True)}
    named = {item.image_id: item.judgement.class_id for item in items}
    seen: set[ImageId] = set()
    for each in placed:
        class_id = None if each.image_id in seen else named[each.image_id]
        seen.add(each.image_id)
        yield None if class_id is None else classes.get(class_id)


def _file_of(folder: Path, lot_id: LotId) -> Path:
    """A new name each time: earlier recipes must find what they were made with."""
    number = 1
    while (file := folder / f"embedding-lot-{lot_id}-{number}.safetensors").exists():
        number += 1
    return file
