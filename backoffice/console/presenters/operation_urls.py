"""Where an operation is looked at, and undone."""

from typing import Any

from flask import url_for


def operation_url(operation_id: int) -> str:
    """The page of an operation: what it did, or how far it has come."""
    return url_for("history.details_view", id=operation_id)


def undoable(text: str, operation_id: int) -> Any:
    """What a message says of something that can be undone."""
    return {"text": text, "undo_url": url_for("history.undo_view", id=operation_id)}
