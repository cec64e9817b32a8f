"""Rules of notifications; no I/O."""
