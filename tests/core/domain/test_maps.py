"""A score that is no number never becomes a verdict."""

import numpy as np
import pytest

from core.domain.maps import ScoreMap


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_refused(score):
    with pytest.raises(ValueError, match="image score"):
        ScoreMap(np.zeros((2, 2), np.float32), score)
