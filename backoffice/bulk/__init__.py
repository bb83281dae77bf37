"""Acting on many rows: a selection, its exact effect, and the act."""

from backoffice.bulk.deletion import Deletion, Preview, Report, delete, preview
from backoffice.bulk.effects import Effect, Fate
from backoffice.bulk.selections import choose, find, forget_old, keys_of

__all__ = [
    "Deletion", "Effect", "Fate", "Preview", "Report", "choose", "delete", "find", "forget_old", "keys_of",
    "preview",
]  # fmt: skip
