"""One index over all content, fed by events."""
