"""The one training loop, its checkpoints, and what a stopped training may go on with."""
