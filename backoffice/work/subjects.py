"""What bulk work has to know of a table: which rows a list has, and which of them are not to be touched."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Table
from sqlalchemy.orm import Session

from backoffice.exceptions import NotFound

# Which of these keys may not be touched, and why (see left_out.py); asked in the transaction that writes.
Protect = Callable[[Session, Collection[Any]], Mapping[Any, str]]
# What has to be true of a table before and after.
Watch = Callable[[Session], AbstractContextManager[None]]
# Which rows are not any more as they were shown: by key, the version that each of them had then.
Changed = Callable[[Mapping[Any, str]], Collection[Any]]
# The conditions of a list: of its filters, as (name, value) pairs, its search, and the reader's time zone.
Conditions = Callable[[Session, Sequence[tuple[str, str]], str, tzinfo], list[ColumnElement[bool]]]


@dataclass(frozen=True)
class Subject:
    """A table whose rows can be worked on in bulk."""

    table: Table
    conditions: Conditions
    protect: Protect
    changed: Changed


@dataclass(frozen=True)
class Protection:
    """Which rows of a table are not to be taken away; nor, where `columns` are named, changed in these.

    Where changing is another question than taking away, `protect_from_change` answers it. Inside `watch`,
    rows are changed: it raises Conflict where the whole of it cannot be.
    """

    protect: Protect
    columns: frozenset[str] = frozenset()
    protect_from_change: Protect | None = None
    watch: Watch | None = None

    def found(
        self, session: Session, keys: Collection[Any], columns: Collection[str] | None
    ) -> Mapping[Any, str]:
        """The protected rows among these; `columns` are to be changed, None stands for taking rows away."""
        if columns is None:
            return self.protect(session, keys)
        if self.columns.isdisjoint(columns):
            return {}
        return (self.protect_from_change or self.protect)(session, keys)


def add_subject(app: Flask, subject: Subject) -> None:
    """Have bulk work know a table; in a worker too, which makes the same application."""
    app.extensions.setdefault("backoffice_subjects", {})[subject.table.name] = subject
    add_protection(app, subject.table.name, Protection(subject.protect))


def add_protection(app: Flask, table: str, protection: Protection) -> None:
    """Have rows of a table protected in whatever is done to many, or undone."""
    app.extensions.setdefault("backoffice_protections", {})[table] = protection


def protection_of(table: str) -> Protection | None:
    """What protects the rows of a table; None where nothing does."""
    found: Protection | None = current_app.extensions.get("backoffice_protections", {}).get(table)
    return found


def subject_of(table: str) -> Subject:
    """What there is to know of a table. Raises NotFound where it is none that the console shows."""
    subject: Subject | None = current_app.extensions.get("backoffice_subjects", {}).get(table)
    if subject is None:
        raise NotFound(_("The console does not know this table any more."))
    return subject
