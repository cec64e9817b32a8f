"""How well the search answers, against graded answers that people gave by reading (see README.md)."""
