"""Few-shot learning as user actions: the labelled images, and what is made of them."""
