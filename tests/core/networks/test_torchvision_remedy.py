"""Each case needs a process of its own: operators can be declared once, and imports happen once."""

import subprocess
import sys

_MODULE = "from core.networks import torchvision_remedy as remedy\n"


def _run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _MODULE + program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_timm_imports_after_the_remedy_however_often_it_is_called() -> None:
    program = """
remedy.prepare_torchvision()
remedy.prepare_torchvision()
import timm
print(timm.is_model("resnet18"), len(remedy._fragments) <= 1)
"""
    assert _run(program) == "True True"


def test_schemas_are_declared_exactly_where_the_native_library_is_refused() -> None:
    program = """
folder = remedy.importlib.util.find_spec("torchvision").submodule_search_locations[0]
remedy.prepare_torchvision()
print(bool(remedy._fragments) != remedy._native_library_loads(folder))
"""
    assert _run(program) == "True"


def test_nothing_is_declared_where_the_library_loads() -> None:
    program = """
remedy.torch.ops.load_library = lambda path: None
remedy.prepare_torchvision()
print(len(remedy._fragments), hasattr(remedy.torch.ops.torchvision, "nms"))
"""
    assert _run(program) == "0 False"


def test_nothing_is_declared_without_torchvision() -> None:
    program = """
remedy.importlib.util.find_spec = lambda name: None
remedy.prepare_torchvision()
print(len(remedy._fragments))
"""
    assert _run(program) == "0"
