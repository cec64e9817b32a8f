"""What people do with the data that the platform has on them: ask for it, take it, have it erased."""
