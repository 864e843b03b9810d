import pytest
import torch

from core.anomaly.riad.objective import (
    CELLS,
    disjoint_masks,
    fill_all,
    gradient_difference,
    inpainting_loss,
    structure_loss,
)


@pytest.mark.parametrize("cell", CELLS)
def test_the_masks_share_out_the_image(cell):
    masks = disjoint_masks(48, cell)
    assert torch.equal(masks.sum(dim=0), torch.ones(1, 48, 48))
    assert masks.sum(dim=(1, 2, 3)).tolist() == [48 * 48 / 3] * 3
    blocks = masks[:, 0].unfold(1, cell, cell).unfold(2, cell, cell)
    assert torch.equal(blocks.amax(dim=(3, 4)), blocks.amin(dim=(3, 4)))  # a cell is a hole as a whole
    assert torch.equal(disjoint_masks(40, cell).sum(dim=0), torch.ones(1, 40, 40))  # the last ones are cut


def test_a_place_is_filled_from_what_stands_around_it():
    images = torch.rand(2, 1, 32, 32)
    seen = []

    def fill(batch):
        seen.append(batch)
        return torch.full_like(batch, 0.25)

    rebuilt = fill_all(fill, images, disjoint_masks(32, 4))
    assert torch.equal(rebuilt, torch.full_like(images, 0.25))
    holed = seen[0].reshape(3, 2, 1, 32, 32)
    assert torch.equal((holed == 0).sum(dim=0), torch.ones(2, 1, 32, 32))  # a hole once, seen twice


def test_what_is_alike_costs_nothing():
    images = torch.rand(2, 1, 64, 64)
    assert float(gradient_difference(images, images).max()) == pytest.approx(0, abs=1e-5)
    assert float(structure_loss(images, images)) == pytest.approx(0, abs=1e-5)
    assert float(inpainting_loss(torch.zeros_like, images)) > 0.5


def test_a_lost_line_is_where_the_gradients_differ():
    images = torch.full((1, 1, 64, 64), 0.5)
    images[..., 30:33] = 1.0
    difference = gradient_difference(images, torch.full_like(images, 0.5))[0, 0]
    assert float(difference[:, 28:35].mean()) > 5 * float(difference[:, :10].mean() + 0.01)
