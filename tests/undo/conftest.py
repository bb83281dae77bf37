"""The same crowd as bulk work has, and what there was before."""

from typing import Any

from sqlalchemy import text

from backoffice.extensions import db
from backoffice.models import Operation
from backoffice.work import run_operation
from tests.bulk.conftest import choose_all, crowd

__all__ = ["choose_all", "crowd", "finished", "stored"]


def stored(*tables: str) -> dict[str, list[Any]]:
    """Every row of these tables, with every column, as the database has it."""
    db.session.rollback()
    quote = db.engine.dialect.identifier_preparer.quote
    names = tables or ("user", "post", "backoffice_administrator")
    statements = {name: text(f"SELECT * FROM {quote(name)}") for name in names}
    return {name: sorted(map(repr, db.session.execute(one))) for name, one in statements.items()}


def finished(act: Operation) -> Operation:
    """An operation when nothing more will come of it: a worker does what is left."""
    run_operation(act.id)
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Operation, act.id)
