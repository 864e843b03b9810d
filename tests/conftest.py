import os

from hypothesis import settings

if hasattr(os, "sched_setaffinity") and "PYTEST_XDIST_WORKER" in os.environ:
    # Before torch counts the cores: processes that all compute on all of them wait for each other most of the time.
    _cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {_cores[int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")) % len(_cores)]})

# A busy machine must not turn a slow example into a failure: speed is measured by benchmarks, not by tests.
settings.register_profile("residua", deadline=None)
settings.load_profile("residua")
