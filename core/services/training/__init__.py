"""Making weights: rendering what they are trained on, training, calibrating, measuring."""
