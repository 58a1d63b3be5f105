"""Rules that ask the service catalogue."""
