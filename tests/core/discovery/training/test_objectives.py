import torch
from torch.nn import functional as F

from core.discovery.training.objectives import contrast_kinds, distil

A, B = F.normalize(torch.tensor([[1.0, 0.1]]), dim=1), F.normalize(torch.tensor([[0.1, 1.0]]), dim=1)


def loss(vectors, kinds, layouts, defects=None):
    numbers = torch.arange(len(kinds)) if defects is None else torch.tensor(defects)
    return float(contrast_kinds(torch.cat(vectors), torch.tensor(kinds), torch.tensor(layouts), numbers))


def test_kinds_must_lie_together_across_layouts():
    together = loss([A, A, B, B], [0, 0, 1, 1], [0, 1, 0, 1])
    apart = loss([A, B, A, B], [0, 0, 1, 1], [0, 1, 0, 1])
    assert together < 0.1 < apart


def test_encoding_the_layout_is_punished():
    by_layout = [A, B, A, B]
    assert loss(by_layout, [0, 0, 1, 1], [0, 1, 0, 1]) > loss(by_layout, [0, 0, 1, 1], [0, 1, 2, 3])


def test_one_kind_on_one_layout_neither_attracts_nor_repels():
    for vectors in ([A, B, A, B], [A, A, A, A]):
        assert abs(loss(vectors, [0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 0, 1])) < 1e-4


def test_unknown_kinds_attract_their_other_view_only():
    near = loss([A, B, A, B], [-1, -1, -1, -1], [0, 1, 0, 1], [0, 1, 0, 1])
    far = loss([A, B, B, A], [-1, -1, -1, -1], [0, 1, 0, 1], [0, 1, 0, 1])
    assert near < 0.1 < far


def test_distillation_wants_the_other_views_prototypes():
    teacher = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    centre = torch.zeros(1, 2)
    swapped = teacher.flip(0)
    assert float(distil(swapped, teacher, centre)) < float(distil(teacher, teacher, centre))


def test_a_prototype_that_takes_everything_tells_nothing():
    teacher = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    centred = distil(torch.zeros(2, 2), teacher, teacher.mean(0, keepdim=True))
    assert abs(float(centred) - torch.log(torch.tensor(2.0))) < 1e-5
