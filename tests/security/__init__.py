"""Authentication events are recorded."""
