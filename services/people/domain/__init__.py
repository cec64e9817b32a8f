"""Rules of people, and their refusals."""
