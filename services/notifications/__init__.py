"""Messages to people: stored first, then sent."""
