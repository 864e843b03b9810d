"""What SEM-CLIP tells CLIP's text encoder of each class; data only."""
