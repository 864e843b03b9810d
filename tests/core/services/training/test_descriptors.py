from pathlib import Path

import pytest

from core.discovery.embedding import read_scales
from core.jobs import JobContext
from core.services.training.descriptors import DescriptorPlan, fit_descriptors


def test_scales_follow_from_the_seed(tmp_path: Path) -> None:
    plan = DescriptorPlan(defects=6, side=128, seed=3)
    first, again = (read_scales(fit_descriptors(plan, tmp_path / name, JobContext())) for name in "ab")
    assert first == again
    assert len(first.middle) == len(read_scales().middle)
    assert first.fitted["defects"] == 6
    assert first.metric is not None
    assert first.metric.embedding == read_scales().metric.embedding


def test_the_command_writes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from core.cli.main import main

    main(["train", "descriptors", "--defects", "3", "--side", "128", "--out", str(tmp_path)])
    assert str(tmp_path / "descriptors.json") in capsys.readouterr().out
    assert read_scales(tmp_path / "descriptors.json").fitted["side"] == 128
