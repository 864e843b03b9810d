"""Few-shot learning without CLIP: the project's own encoder, and a detector's map as a guide."""
