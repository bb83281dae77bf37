"""Taking back what was done."""

from backoffice.undo.versions import Side, Versions, put_back, versions_around

__all__ = ["Side", "Versions", "put_back", "versions_around"]
