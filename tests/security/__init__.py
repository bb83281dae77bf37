"""What happens at the doors is noted."""
