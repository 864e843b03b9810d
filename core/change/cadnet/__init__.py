"""CADNet: a change-aware Siamese network (test and reference in, defect logits out)."""
