"""What the student learns from: kinds that lie together across layouts, and a teacher that it must agree with."""

import torch
from torch import Tensor
from torch.nn import functional as F

_TEMPERATURE = 0.1
_SAME_LAYOUT = 3.0
_STUDENT_TEMPERATURE, _TEACHER_TEMPERATURE = 0.1, 0.05
_EXCLUDED = -1e4


def contrast_kinds(vectors: Tensor, kinds: Tensor, layouts: Tensor, defects: Tensor) -> Tensor:
    """Supervised contrastive loss that leaves the background out.

    Defects of one kind attract each other only where their layouts differ; of other kinds, those on the same layout
    push three times as hard. What helps then is the kind, never the layout.

    Args:
        vectors: (N, D), L2-normalised.
        kinds: (N,) classes; −1 where the kind is not known: such a view attracts the other views of its defect only.
        layouts: (N,) background of each.
        defects: (N,) which defect a view shows.

    Returns:
        The mean over all views that have a partner.

    Source:
        Khosla et al. 2020, Eq. 2; the roles of the layouts are ours.
    """
    same_defect = defects[:, None] == defects[None]
    same_layout = layouts[:, None] == layouts[None]
    same_kind = (kinds[:, None] == kinds[None]) & (kinds[:, None] >= 0)
    itself = torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    attracts = (same_defect | (same_kind & ~same_layout)) & ~itself
    passed_over = itself | (same_kind & same_layout & ~same_defect)
    logits = vectors @ vectors.T / _TEMPERATURE
    logits = logits + torch.log(1 + (_SAME_LAYOUT - 1) * (same_layout & ~attracts).to(logits.dtype))
    logits = logits.masked_fill(passed_over, _EXCLUDED)
    likely = F.log_softmax(logits, dim=1)
    partners = attracts.sum(dim=1)
    per_view = -(likely * attracts).sum(dim=1) / partners.clamp_min(1)
    return per_view[partners > 0].mean()


def tell_kinds(scores: Tensor, kinds: Tensor) -> Tensor:
    """Cross-entropy of the named views against one direction a kind; 0 where no view is named.

    Args:
        scores: (N, C) cosines with each kind's direction.
        kinds: (N,) classes; −1 where the kind is not known.

    Source:
        AnomalyNCD, Sec. 3.4: cross-entropy beside the supervised contrast. In a small batch most kinds have few
        partners, and directions that outlive the batch teach faster.
    """
    named = kinds >= 0
    if not named.any():
        return scores.sum() * 0
    return F.cross_entropy(scores[named] / _TEMPERATURE, kinds[named])


def distil(student: Tensor, teacher: Tensor, centre: Tensor) -> Tensor:
    """Cross-entropy of each view's prototypes against the teacher's of the other view.

    Args:
        student: (2·B, K) logits; the second views follow the first ones.
        teacher: the same, without gradient.
        centre: (1, K) running mean of the teacher's logits; without it one prototype would take everything.

    Source:
        Caron et al. 2021 (DINO), Sec. 3.1.
    """
    targets = ((teacher - centre) / _TEACHER_TEMPERATURE).softmax(dim=1)
    swapped = torch.cat(targets.chunk(2)[::-1])
    return -(swapped * F.log_softmax(student / _STUDENT_TEMPERATURE, dim=1)).sum(dim=1).mean()
