"""What happens at the doors: one line in the log, and one row that administrators can look through."""

from backoffice.security.events import note

__all__ = ["note"]
