"""Operations that the worker of a stage does, begun by susan."""

from sqlalchemy import select

from backoffice import bulk
from backoffice.bulk import SavedQuery
from backoffice.extensions import db
from backoffice.history import Actor, acting_as
from backoffice.models import Administrator, Selection
from tests.outages.stage import Stage, seconds_until


def begin_deletion(stage: Stage) -> int:
    """The number of the operation that is to delete all posts."""
    with stage.console(), acting_as(Actor("person", "susan", 1)):
        susan = db.session.scalars(select(Administrator.id).filter_by(username="susan")).one()
        number = bulk.choose_matching(susan, "post", SavedQuery((), "", "UTC")).id
        seconds_until(lambda: _is_read(number))
        return bulk.delete(db.session.get_one(Selection, number), ()).id


def _is_read(number: int) -> bool:
    """Whether all keys of a selection are known, whoever reads them."""
    bulk.freeze(number)
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Selection, number).frozen_at is not None
