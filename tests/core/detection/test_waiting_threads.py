import os
import subprocess
import sys

NAMES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
PROGRAM = f"import os, core.detection\nprint(*(os.environ[name] for name in {NAMES}))"


def waiting(**given):
    environment = {name: value for name, value in os.environ.items() if name not in NAMES} | given
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_threads_that_wait_leave_the_core_to_others():
    assert waiting() == ["PASSIVE", "1000"]


def test_what_the_user_set_stays():
    assert waiting(OMP_WAIT_POLICY="ACTIVE") == ["ACTIVE", "1000"]
