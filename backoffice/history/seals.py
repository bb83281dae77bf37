"""Sealing what has ended: each seal is a keyed digest over an operation's content and the seal before.

Writers never wait for it. Several workers may try at once: a position in the chain is given once, and who
comes second looks again. Whatever ends a worker, a seal is there whole or not at all.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from sqlalchemy import exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backoffice.clock import utcnow
from backoffice.database import transaction, with_retries
from backoffice.extensions import db
from backoffice.history.content import FORMAT, Digesting, contents, unhurried
from backoffice.history.keyring import SealKey, keyring
from backoffice.models import UNFINISHED, Operation, Seal

# How many operations are sealed by one transaction, and of about how many changes.
OPERATIONS_AT_ONCE, CHANGES_AT_ONCE = 200, 50_000
# A worker that looks for what there is to do does not seal for longer before it looks again.
SECONDS_A_LOOK = 0.5
NO_DIGEST = ""


@dataclass(frozen=True)
class Checkpoint:
    """The end of the chain, to be kept elsewhere: a chain that was cut short has another one."""

    position: int
    digest: str
    key_id: str
    sealed_at: datetime

    def line(self) -> str:
        """It as a line of JSON."""
        return json.dumps({**vars(self), "sealed_at": f"{self.sealed_at.isoformat()}Z"})


def seal_all() -> int:
    """Seal whatever has ended; returns how many operations.

    Raises Busy where the database does not let us.
    """
    sealed = 0
    while numbers := _unsealed():
        sealed += _seal(numbers)
    return sealed


def seal_some() -> int:
    """The same, but not for long."""
    sealed, until = 0, monotonic() + SECONDS_A_LOOK
    while monotonic() < until and (numbers := _unsealed()):
        sealed += _seal(numbers)
    return sealed


def checkpoint() -> Checkpoint | None:
    """The last seal, if there is one."""
    last = db.session.scalar(select(Seal).order_by(Seal.position.desc()).limit(1))
    found = Checkpoint(last.position, last.digest, last.key_id, last.sealed_at) if last else None
    db.session.rollback()
    return found


def hash_chain(key: SealKey, seal: Mapping[str, Any], before: str) -> str:
    """The digest of a seal whose other columns are these, and which follows one with the digest `before`."""
    names = ("position", "operation_id", "key_id", "content_digest")
    said = [*(seal[name] for name in names), seal["sealed_at"].isoformat(), before]
    # The first format had no number.
    return key.digest(json.dumps(said if seal["format"] == 1 else [*said, seal["format"]]))


def _unsealed() -> Sequence[int]:
    """The operations to be sealed next, in the order in which they ended."""
    statement = (
        select(Operation.id, Operation.changed_rows)
        .where(Operation.sealed_at.is_(None), Operation.finished_at.is_not(None))
        .where(Operation.state.not_in(UNFINISHED), ~exists().where(Seal.operation_id == Operation.id))
        # The first is empty for all of them: it leads the database to the index.
        .order_by(Operation.sealed_at, Operation.finished_at, Operation.id)
        .limit(OPERATIONS_AT_ONCE)
    )
    numbers: list[int] = []
    changes = 0
    for number, rows in db.session.execute(statement):
        if numbers and changes + rows > CHANGES_AT_ONCE:
            break
        numbers.append(number)
        changes += rows
    db.session.rollback()
    return numbers


def _seal(numbers: Sequence[int]) -> int:
    key = keyring().current
    # Read while nobody waits: what has ended does not change any more. It is read by index, a page at a time.
    with unhurried(db.engine, seconds=None) as connection, connection.begin():
        digests = contents(connection, dict.fromkeys(numbers, Digesting(key))).digests
    there = [number for number in numbers if number in digests]
    try:
        return with_retries(lambda: _append(db.session(), key, there, digests)) if there else 0
    except IntegrityError:
        return 0  # another worker was faster


def _append(session: Session, key: SealKey, numbers: Sequence[int], digests: Mapping[int, str]) -> int:
    with transaction(session):
        last = session.scalar(select(Seal).order_by(Seal.position.desc()).limit(1))
        seals = _links(key, numbers, digests, after=last)
        session.execute(insert(Seal), seals)
        noted = update(Operation).where(Operation.id.in_(numbers)).values(sealed_at=seals[0]["sealed_at"])
        session.execute(noted, execution_options={"synchronize_session": False})
    return len(seals)


def _links(
    key: SealKey, numbers: Sequence[int], digests: Mapping[int, str], after: Seal | None
) -> list[dict[str, object]]:
    first, before, now = (after.position + 1, after.digest, utcnow()) if after else (1, NO_DIGEST, utcnow())
    links: list[dict[str, object]] = []
    for position, number in enumerate(numbers, first):
        link = {"position": position, "operation_id": number, "sealed_at": now, "key_id": key.id}
        link["content_digest"], link["format"] = digests[number], FORMAT
        before = link["digest"] = hash_chain(key, link, before)
        links.append(link)
    return links
