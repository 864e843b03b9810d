"""The virtual environment: made once, installed with exact versions, and left alone while nothing changed."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
_CONSTRAINTS = ROOT / "installer" / "constraints.txt"


class SetupError(Exception):
    """What stands in the way, in a sentence that says what to do."""


def prepare(task: str) -> None:
    """Make the environment fit pyproject.toml and constraints.txt; returns at once when it already does.

    Args:
        task: "run", or "test", which needs the development tools as well.
    """
    if PYTHON.exists() and _stamp(task).exists() and _stamp(task).read_text() == _fingerprint():
        return
    _make_venv()
    _install(".[dev,vad]" if task == "test" else ".")
    for satisfied in ("run", task):
        _stamp(satisfied).write_text(_fingerprint())


def run(*command: object, **variables: str) -> int:
    """Run a command in the repository's root and return its exit status; `variables` join its environment."""
    program = [str(part) for part in command]
    return subprocess.run(program, cwd=ROOT, env={**os.environ, **variables}, check=False).returncode


def apt_install(*packages: str) -> bool:
    """Install system packages where we may (root, with apt-get); whether that was done."""
    if os.name == "nt" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    silent = {"DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "update", "-qq", **silent)
    return run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, **silent) == 0


def _stamp(task: str) -> Path:
    return VENV / f"residua-{task}.sha256"


def _fingerprint() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in (ROOT / "pyproject.toml", _CONSTRAINTS):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _make_venv() -> None:
    same_python = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    if PYTHON.exists() and run(PYTHON, "-c", same_python) == 0:
        return
    if importlib.util.find_spec("ensurepip") is None:  # Debian ships it in a package of its own
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if not apt_install(package):
            raise SetupError(f"Python's venv module is missing. Run: sudo apt-get install -y {package}")
    print(f"Making the virtual environment {VENV}", flush=True)
    if run(sys.executable, "-m", "venv", "--clear", VENV) != 0:
        raise SetupError(f"The virtual environment {VENV} could not be made; the reason stands above.")


def _install(project: str) -> None:
    print("Installing (1.7 GB with a CPU build of torch: about a minute on a fast line)", flush=True)
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--constraint", _CONSTRAINTS]
    if not sys.stdout.isatty():
        pip.append("--quiet")
    # The build backend first and pinned, then the project without build isolation: exact versions throughout.
    if run(*pip, "hatchling") != 0 or run(*pip, "--no-build-isolation", "--editable", project) != 0:
        raise SetupError(
            "The installation failed; pip's reason stands above. "
            "For a machine without internet see installer/README.md."
        )
