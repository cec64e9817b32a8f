"""What the content service keeps in MongoDB."""
