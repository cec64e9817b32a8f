"""Rules of the content service."""
