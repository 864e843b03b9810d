"""Training of the shipped weights: seeded, resumable, on arrays that the caller renders."""
