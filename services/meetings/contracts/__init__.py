"""The public door of the meetings service."""
