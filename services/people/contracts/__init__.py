"""The public door of the people service."""
