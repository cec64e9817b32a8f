"""Rules of meetings. No I/O, no clock."""
