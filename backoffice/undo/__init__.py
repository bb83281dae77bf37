"""Undoing an operation: what would come back, what stands in the way, and putting it back."""

from backoffice.undo.preview import Effect, Obstacle, Preview, preview
from backoffice.undo.undoing import undo

__all__ = ["Effect", "Obstacle", "Preview", "preview", "undo"]
