"""How a few-shot model is trained and calibrated."""
