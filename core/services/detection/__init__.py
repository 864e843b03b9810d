"""Scores, masks and verdicts: what `residua detect` and the review screen do."""
