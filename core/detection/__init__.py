"""Detection: images in, score maps out. One folder a method; torch lives here and never leaves."""

import os

# OpenMP's threads burn a core while they wait for one another. Beside other work that took the core from the window
# and made an image cost 2.5 s of CPU instead of 0.4. On Linux a short wait stays: it costs nothing and saves falling
# asleep. Both are read once, when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
