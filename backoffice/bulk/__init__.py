"""Acting on many rows: a selection, its exact effect, and the act."""

from backoffice.bulk.deletion import Preview, delete, preview
from backoffice.bulk.editing import edit
from backoffice.bulk.effects import DeleteAction, Effect
from backoffice.bulk.selections import (
    SavedQuery,
    choose,
    choose_again,
    choose_matching,
    chosen_at,
    find,
    forget_old,
    freeze,
    saved_query_of,
    show_again,
)

__all__ = [
    "DeleteAction",
    "Effect",
    "Preview",
    "SavedQuery",
    "choose",
    "choose_again",
    "choose_matching",
    "chosen_at",
    "delete",
    "edit",
    "find",
    "forget_old",
    "freeze",
    "preview",
    "saved_query_of",
    "show_again",
]
