"""The quality screen: what is known of a review, and what would tell more."""
