"""Acting on many rows: a selection, its exact effect, and the act."""

from backoffice.bulk.deletion import Preview, delete, preview
from backoffice.bulk.editing import edit
from backoffice.bulk.effects import DeleteAction, Effect
from backoffice.bulk.selections import (
    Matching,
    choose,
    choose_again,
    choose_matching,
    chosen_at,
    find,
    forget_old,
    freeze,
    matching_of,
    show_again,
)

__all__ = [
    "DeleteAction",
    "Effect",
    "Matching",
    "Preview",
    "choose",
    "choose_again",
    "choose_matching",
    "chosen_at",
    "delete",
    "edit",
    "find",
    "forget_old",
    "freeze",
    "matching_of",
    "preview",
    "show_again",
]
