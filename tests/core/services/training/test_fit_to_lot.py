from pathlib import Path

import pytest

from core.domain.errors import JobCancelled, UserError
from core.domain.recipes import Recipe, Thresholds
from core.jobs import JobContext
from core.services.discovery.embedding import load_chosen_embedder
from core.services.recipes import current_recipe, keep_recipe
from core.services.training.fine_tuning import FineTuning
from core.services.training.fit_to_lot import fit_embedding_to_lot
from core.services.workspace import Workspace
from tests.core.services.discovered_lot import open_detected

CUTS = Thresholds(unknown_at=0.3, ng_at=0.7)


def test_a_fitted_embedding_is_a_file_and_a_recipe_in_use(workspace: Workspace, tmp_path: Path) -> None:
    lot_id = open_detected(workspace, tmp_path / "lot")
    shipped, plan = current_recipe(workspace), FineTuning(steps=2, batch=4)
    fitted = fit_embedding_to_lot(workspace, lot_id, shipped, "cpu", JobContext(), plan)
    assert current_recipe(workspace) == fitted
    before, after = (load_chosen_embedder(one.discovery, "cpu").identity for one in (shipped, fitted))
    assert before != after
    again = fit_embedding_to_lot(workspace, lot_id, fitted, "cpu", JobContext(), plan)
    assert again.discovery.embedding != fitted.discovery.embedding
    assert Path(fitted.discovery.embedding).is_file()


def test_what_learns_nothing_cannot_be_fitted(workspace: Workspace, tmp_path: Path) -> None:
    lot_id = open_detected(workspace, tmp_path / "lot")
    recipe = Recipe.model_validate({"discovery": {"embedding": "descriptors"}})
    with pytest.raises(UserError, match="not one that learns"):
        fit_embedding_to_lot(workspace, lot_id, recipe, "cpu", JobContext())


def test_too_few_defects_are_refused_and_the_recipe_stays(workspace: Workspace, tmp_path: Path) -> None:
    lot_id = open_detected(workspace, tmp_path / "lot", images=3)
    with pytest.raises(UserError, match="too few"):
        fit_embedding_to_lot(workspace, lot_id, current_recipe(workspace), "cpu", JobContext())
    assert current_recipe(workspace).discovery.embedding == "default"


def test_what_was_kept_meanwhile_is_not_undone(workspace: Workspace, tmp_path: Path) -> None:
    lot_id = open_detected(workspace, tmp_path / "lot")
    begun = current_recipe(workspace)
    keep_recipe(workspace, begun.model_copy(update={"version": begun.version + 1, "thresholds": CUTS}))
    fitted = fit_embedding_to_lot(workspace, lot_id, begun, "cpu", JobContext(), FineTuning(steps=2, batch=4))
    assert fitted.thresholds == CUTS
    assert current_recipe(workspace) == fitted


def test_a_fit_that_was_stopped_is_begun_anew(workspace: Workspace, tmp_path: Path) -> None:
    lot_id = open_detected(workspace, tmp_path / "lot")
    stopped = JobContext()
    stopped.token.cancel()
    with pytest.raises(JobCancelled):
        fit_embedding_to_lot(workspace, lot_id, current_recipe(workspace), "cpu", stopped)
    assert not list((workspace.home / "models").glob("*"))
