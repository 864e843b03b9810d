"""An embedding fitted to a lot of the history, and the recipe that uses it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from core.domain.errors import UserError
from core.domain.ids import ImageId, LotId
from core.domain.recipes import Recipe
from core.domain.review import ReviewItem
from core.jobs import JobContext
from core.services.discovery.embedding import options_of
from core.services.discovery.stored_crops import PlacedCrop, cut_stored_crops
from core.services.recipes import keep_recipe
from core.services.recipes.library import with_free_number
from core.services.training.fine_tuning import FineTuning, fine_tune_embedder
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
        The recipe with the fitted embedding, in use from now on.

    Raises:
        UserError: the recipe's embedding cannot be trained, or there are too few defects.
        JobCancelled: between images and steps; the recipe stays.
    """
    if (start := options_of(recipe.discovery.embedding)) is None or start.method == "raw":
        raise UserError(
            "The embedding of this recipe is not one that learns.", "Choose the embedding “default” first."
        )
    items = workspace.history.list_items(lot_id)
    placed = list(cut_stored_crops(workspace, items, ctx))
    names = list(_names(workspace, items, placed))
    out = _file_of(workspace.home / _FOLDER, lot_id)
    fine_tune_embedder([each.crop for each in placed], names, start, out, plan, device, ctx)
    discovery = recipe.discovery.model_copy(update={"embedding": str(out)})
    fitted = with_free_number(workspace, recipe.model_copy(update={"discovery": discovery}))
    keep_recipe(workspace, fitted, f"embedding fitted to {len(placed)} defects")
    return fitted


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
