"""Recovery codes: ten that stand in for a lost second factor, each once.

A code has 120 random bits, so that a plain digest of it can be kept: nobody finds it by trying.
"""

import base64
import secrets

from sqlalchemy import delete, func, insert, select, update

from backoffice.accounts.digests import digest
from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.models import RecoveryCode

HOW_MANY = 10
BYTES = 15
LENGTH = BYTES * 8 // 5


def generate(administrator_id: int) -> list[str]:
    """Ten new codes in the place of those there were, in the transaction of the caller.

    They are to be shown now: only their digests are kept.
    """
    codes = [base64.b32encode(secrets.token_bytes(BYTES)).decode() for _ in range(HOW_MANY)]
    remove(administrator_id)
    rows = [{"administrator_id": administrator_id, "digest": digest(code)} for code in codes]
    db.session.execute(insert(RecoveryCode), rows)
    return [formatted(code) for code in codes]


def formatted(code: str) -> str:
    """As it is easily read: in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def count_left(administrator_id: int) -> int:
    """How many can still be used."""
    unused = (RecoveryCode.administrator_id == administrator_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def consume_code(administrator_id: int, code: str) -> bool:
    """Whether this is an unused code of theirs, which is used from here on. Raises Busy."""
    unused = (
        RecoveryCode.administrator_id == administrator_id,
        RecoveryCode.digest == digest(code),
        RecoveryCode.used_at.is_(None),
    )
    with transaction(db.session):
        consuming = update(RecoveryCode).where(*unused).values(used_at=utcnow())
        return bool(db.session.connection().execute(consuming).rowcount)


def remove(administrator_id: int) -> None:
    """Remove them all, in the transaction of the caller."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.administrator_id == administrator_id))
