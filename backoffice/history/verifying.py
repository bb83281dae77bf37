"""Going along the chain of seals, to find the first thing that was done to the history behind its back.

Memory stays flat, and nobody who writes has to wait. What was forgotten on purpose is told from what was
altered by the digest that whoever forgot it wrote down, and that nobody can make without the key.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection, Row, Select, exists, func, select

from backoffice.clock import utcnow
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.history.content import CHANGES, OPERATIONS, unhurried
from backoffice.history.keyring import Keyring, keyring
from backoffice.history.sealed import SEALS, Page, read_page
from backoffice.history.seals import NO_DIGEST, Head, chained
from backoffice.models import UNFINISHED

# What ended within a day may still wait for a worker. And an operation is written when it ends: none that
# says that it ended a day before the one that was sealed before it was there then.
A_DAY = timedelta(days=1)


class Tampered(Conflict):
    """The history is not what was sealed."""


@dataclass
class Report:
    """What was looked at: `finding` names the first thing that is wrong, and is empty if all is well.

    `lost_keys` counts what was sealed with keys that are not at hand, `unsealed` what has ended just now,
    and `being_forgotten` the operations of which something is being forgotten, or was in part.
    """

    seals: int = 0
    changes: int = 0
    finding: str = ""
    lost_keys: Counter[str] = field(default_factory=Counter)
    unsealed: int = 0
    being_forgotten: int = 0


@dataclass
class _Walk:
    """How far along the chain we are."""

    keys: Keyring
    heads: Mapping[int, str]
    report: Report
    position: int = 0
    digest: str = NO_DIGEST
    ended_at: datetime | None = None


def verify(heads: Sequence[Head] = ()) -> Report:
    """Look at every seal and everything sealed; `heads` are those that were kept elsewhere."""
    walk = _Walk(keyring(), {head.position: head.digest for head in heads}, Report())
    with unhurried(db.engine) as connection:
        try:
            while (page := read_page(connection, walk.keys, walk.position)).seals:
                _look_at_page(walk, page)
            _look_beyond(connection, walk)
        except Tampered as error:
            walk.report.finding = str(error)
    return walk.report


def _look_at_page(walk: _Walk, page: Page) -> None:
    walk.report.changes += page.found.changes
    for seal in page.seals:
        _look_at_seal(walk, seal)
        _look_at_content(walk, seal, page)
        _look_at_time(walk, seal, page)
        walk.report.seals += 1


def _look_at_seal(walk: _Walk, seal: Row[Any]) -> None:
    names = {"position": seal.position, "number": seal.operation_id}
    before, key = walk.digest, walk.keys.by_id.get(seal.key_id)
    if seal.position != walk.position + 1:
        raise Tampered(_("The seal at position %(position)d was removed.", position=walk.position + 1))
    if walk.heads.get(seal.position, seal.digest) != seal.digest:
        raise Tampered(_("The seal at position %(position)d is not the one that was the head once.", **names))
    if key is None:
        walk.report.lost_keys[seal.key_id] += 1
    elif chained(key, dict(seal._mapping), before) != seal.digest:
        raise Tampered(
            _("The seal at position %(position)d, of operation %(number)d, was altered or moved.", **names)
        )
    walk.position, walk.digest = seal.position, seal.digest


def _look_at_content(walk: _Walk, seal: Row[Any], page: Page) -> None:
    number, expected = seal.operation_id, page.expected[seal.operation_id]
    if number not in page.ends:
        raise Tampered(
            _("Operation %(number)d was removed: only its seal is there.", number=number),
        )
    if not expected.is_whole:
        walk.report.being_forgotten += 1
    if expected.digest is None:
        return
    if expected.key_id not in walk.keys.by_id:
        walk.report.lost_keys[expected.key_id] += expected.key_id != seal.key_id
    elif page.found.digests.get(number) != expected.digest:
        raise Tampered(
            _(
                "Operation %(number)d was altered: what it says of itself, or its changes, are not those that"
                " were sealed.",
                number=number,
            )
        )


def _look_at_time(walk: _Walk, seal: Row[Any], page: Page) -> None:
    ended_at = page.ends[seal.operation_id]
    if walk.ended_at is not None and ended_at < walk.ended_at - A_DAY:
        raise Tampered(
            _(
                "Operation %(number)d was inserted: it says that it ended on %(day)s, and was not there when"
                " that day was sealed.",
                number=seal.operation_id,
                day=ended_at.date().isoformat(),
            )
        )
    walk.ended_at = min(ended_at, seal.sealed_at)


def _look_beyond(connection: Connection, walk: _Walk) -> None:
    """At the end of the chain, and at what has no seal."""
    beyond = max(walk.heads, default=0)
    if beyond > walk.position:
        names = {"last": walk.position, "position": beyond}
        raise Tampered(
            _("The chain was cut short: it ends at position %(last)d, and once had %(position)d.", **names)
        )
    with connection.begin():
        walk.report.unsealed = connection.scalar(_without_seal(func.count(), is_old=False)) or 0
        unsealed = connection.scalar(_without_seal(func.min(OPERATIONS.c.id), is_old=True))
        of_none = connection.scalar(_changes_of_none())
    if unsealed is not None:
        raise Tampered(_("Operation %(number)d ended more than a day ago and has no seal.", number=unsealed))
    if of_none is not None:
        raise Tampered(
            _("Changes were inserted, of an operation %(number)d that is not there.", number=of_none)
        )


def _without_seal(what: Any, *, is_old: bool) -> Select[Any]:
    ended, a_day_ago = func.coalesce(OPERATIONS.c.finished_at, OPERATIONS.c.started_at), utcnow() - A_DAY
    return select(what).where(
        OPERATIONS.c.state.not_in(UNFINISHED),
        ended < a_day_ago if is_old else ended >= a_day_ago,
        ~exists().where(SEALS.c.operation_id == OPERATIONS.c.id),
    )


def _changes_of_none() -> Select[Any]:
    missing = ~exists().where(OPERATIONS.c.id == CHANGES.c.operation_id)
    return select(CHANGES.c.operation_id).where(missing).limit(1)
