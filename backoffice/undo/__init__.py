"""Undoing an operation, and putting back what was before: what stands in the way, and doing it."""

from backoffice.undo.preview import Effect, Obstacle, Preview, preview
from backoffice.undo.refusals import Broken, Orphan
from backoffice.undo.trash import Trash, deleted_rows
from backoffice.undo.undoing import undo
from backoffice.undo.versions import Side, Versions, restore_version, versions_around

__all__ = [
    "Broken",
    "Effect",
    "Obstacle",
    "Orphan",
    "Preview",
    "Side",
    "Trash",
    "Versions",
    "deleted_rows",
    "preview",
    "restore_version",
    "undo",
    "versions_around",
]
