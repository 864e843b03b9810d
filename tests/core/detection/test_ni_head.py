import torch

from core.detection.evidence import robust_deviation
from core.detection.ic_defectncd.decoder import NIGDecoderBlock
from core.detection.ic_defectncd.head import NIHead
from core.detection.ic_defectncd.losses import coherence_loss, nearest_normal_distance, reconstruction_loss
from core.detection.ic_defectncd.pseudo_defects import MAX_AREA, insert_pseudo_defects
from core.detection.ic_defectncd.scoring import residual_map

GRID = (12, 12)


def layout_features(batch: int = 4, dim: int = 24, layers: int = 4) -> list[torch.Tensor]:
    """Tokens of a striped layout: two kinds of place, a little noise."""
    kinds = torch.randn(2, dim)
    stripes = (torch.arange(144) // 12 % 2).long()
    return [kinds[stripes].expand(batch, -1, -1) + 0.05 * torch.randn(batch, 144, dim) for _ in range(layers)]


def test_the_head_pairs_groups_of_layers():
    reconstruction = NIHead(24, 4, tokens=3, heads=4, groups=2)(layout_features())
    assert reconstruction.normal.shape == (4, 3, 24)
    assert [part.shape for part in reconstruction.encoded] == [(4, 144, 24)] * 2
    assert [part.shape for part in reconstruction.decoded] == [(4, 144, 24)] * 2


def test_a_token_is_rebuilt_from_normal_information_alone():
    block = NIGDecoderBlock(24, 4)
    normal = torch.randn(1, 3, 24)
    direction = torch.randn(1, 1, 24)
    # Scaling a token changes nothing: it enters through a normalised query only, with no residual around.
    assert torch.allclose(block(direction * 2 + 0, normal), block(direction * 5, normal), atol=1e-4)


def test_training_makes_the_residual_point_at_what_is_not_normal():
    head = NIHead(24, 4, tokens=4, heads=4)
    optimizer = torch.optim.AdamW(head.parameters(), lr=3e-3)
    layers = layout_features()
    for step in range(120):
        corrupted = insert_pseudo_defects(layers, GRID, torch.Generator().manual_seed(step))
        reconstruction = head(layers, corrupted.layers)
        loss = reconstruction_loss(reconstruction) + 0.2 * coherence_loss(
            corrupted.layers[0], reconstruction.normal, corrupted.defective
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    odd = [layer[:1].clone() for layer in layers]
    strange = torch.randn(24)
    for layer in odd:
        layer[0, 65] = strange
    with torch.no_grad():
        residual = residual_map(head(odd), GRID).flatten()
    assert residual.argmax() == 65
    assert residual[65] > 3 * residual.median()


def test_the_modulated_gradient_grows_with_the_residual_and_the_loss_does_not_change():
    layers = layout_features(batch=2)
    losses, gradients = [], []
    for gamma in (0.0, 3.0):
        torch.manual_seed(1)
        head = NIHead(24, 4, tokens=3, heads=4)
        loss = reconstruction_loss(head(layers), gamma=gamma)
        loss.backward()
        losses.append(float(loss.detach()))
        gradients.append(head.bottleneck.project.weight.grad.clone())
    assert losses[0] == losses[1]
    assert not torch.allclose(gradients[0], gradients[1])


def test_coherence_ignores_the_border_and_never_turns_negative():
    normal = torch.randn(1, 2, 8)
    features = torch.cat([normal[:, :1] * 3, -normal[:, :1], torch.randn(1, 1, 8)], dim=1)
    defective = torch.tensor([[0.0, 1.0, torch.nan]])
    loss = coherence_loss(features, normal, defective)
    changed = features.clone()
    changed[0, 2] = 100 * torch.randn(8)
    assert torch.equal(loss, coherence_loss(changed, normal, defective))
    assert loss >= 0
    assert nearest_normal_distance(features, normal)[0, 0] < 1e-5


def test_pseudo_defects_are_some_tokens_of_other_places_and_follow_the_generator():
    layers = layout_features(batch=8)
    first = insert_pseudo_defects(layers, GRID, torch.Generator().manual_seed(3))
    again = insert_pseudo_defects(layers, GRID, torch.Generator().manual_seed(3))
    share = (first.defective == 1).float().mean(dim=1)
    assert torch.equal(first.layers[0], again.layers[0])
    assert (share > 0).all()
    assert (share < 2 * MAX_AREA).all()
    untouched = first.defective == 0
    assert torch.equal(first.layers[0][untouched], layers[0][untouched])
    assert first.layers[0][first.defective == 1].abs().sum(dim=-1).min() > 0


def test_a_flat_map_deviates_nowhere():
    assert robust_deviation(torch.full((2, 5, 5), 0.3)).abs().max() == 0
