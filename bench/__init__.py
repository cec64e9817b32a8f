"""Measurements beside a peer or a limit, in one run. `make bench`, or `python -m bench NAME …` for some."""
