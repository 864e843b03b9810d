import sys
from types import ModuleType

import pytest

from core.anomaly.anomalib_parts import features_given
from core.anomaly.card import VadSpec
from core.anomaly.registry import METHODS, build_method
from core.domain.errors import UserError


def test_without_the_extra_a_method_of_anomalibs_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "anomalib", None)
    with pytest.raises(UserError, match=r"\.\[vad\]"):
        build_method(VadSpec(method="padim", side=64, backbone="residua_test"))


def test_three_methods_need_no_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "anomalib", None)
    own = {name for name, entry in METHODS.items() if not entry.needs_anomalib}
    assert own == {"f_anogan", "iad_inpainting", "riad"}
    for name in sorted(own):
        assert sum(1 for _ in build_method(VadSpec(method=name, side=32, width=2)).parameters()) > 4


def test_a_module_is_as_it_was_after_features_were_given():
    module = ModuleType("library")
    module.TimmFeatureExtractor = theirs = object()
    ours = object()
    with features_given(module, ours):
        assert module.TimmFeatureExtractor is ours
    assert module.TimmFeatureExtractor is theirs

    def fail():
        with features_given(module, ours):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert module.TimmFeatureExtractor is theirs
