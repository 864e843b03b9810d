from hypothesis import settings

# A busy machine must not turn a slow example into a failure: speed is measured by benchmarks, not by tests.
settings.register_profile("residua", deadline=None)
settings.load_profile("residua")
