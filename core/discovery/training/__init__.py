"""Training of the embedding: crops as windows, their augmentation, the objectives, the teacher and the student."""
