"""Forgetting one row, mostly a person, in the whole history: what it held, and who acted.

What was done, when, and to which row stays. It goes on in short transactions that nobody has to wait for,
and each can be done again: where it was interrupted, `finish_redaction` comes to its end.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import (
    Connection,
    Table,
    bindparam,
    delete,
    insert,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.orm import Session

from backoffice.clock import utcnow
from backoffice.database import transaction, with_retries
from backoffice.exceptions import Invalid, NotFound
from backoffice.extensions import db
from backoffice.history import (
    CHANGES,
    FORGETTINGS,
    FORMAT,
    OPERATIONS,
    Digesting,
    about_row,
    begin_operation,
    contents,
    keyring,
    seal_all,
    unhurried,
)
from backoffice.models import (
    UNFINISHED,
    Administrator,
    AdminSession,
    ClaimedName,
    Operation,
    OperationReport,
    Passkey,
    PasswordLink,
    Redaction,
    Reference,
    Seal,
    State,
    TrustedDevice,
    parse_key,
    table_called,
)
from backoffice.retention import traces
from backoffice.retention.one_at_a_time import FORGET, refuse_another
from backoffice.statements import AnySelect

AT_ONCE = 200
# Who has not come on for so long was interrupted.
PATIENCE = timedelta(minutes=5)
NOBODY = "forgotten"
ACTOR = {
    "actor_name": NOBODY, "actor_id": null(), "administrator_id": null(), "address": null(),
    "request_id": null(),
}  # fmt: skip
WORDS = dict.fromkeys(traces.WORDS, null())
IMAGES = {"before": null(), "after": null(), "source_id": null()}


def referring(table: str, key: str) -> Mapping[str, int]:
    """How many rows of other tables referred to a row at any time in the history, by table."""
    found: dict[str, int] = {}
    with unhurried(db.engine) as connection, connection.begin():
        for reference in traces.references(connection, _table(connection, table)):
            if reference.table is not Administrator.__table__:
                rows = sum(map(len, traces.referring_keys(connection, reference, key)))
                found[reference.table.name] = found.get(reference.table.name, 0) + rows
    return found


def redact(table: str, key: str, also: Collection[str] = ()) -> Operation:
    """Forget a row, and the rows of the tables `also` that referred to it, in the whole history.

    Raises NotFound where the history knows nothing of it, Invalid for a table that does not refer to it, and
    Conflict while something else is being forgotten.
    """
    finish_redaction()
    seal_all()
    with unhurried(db.engine) as connection, connection.begin():
        _refuse_unknown(connection, _table(connection, table), key, also)

    def begin() -> int:
        with begin_operation(FORGET, table=table, facts=about_row(key, None)) as act:
            act.state, act.began_at, act.heartbeat_at = State.RUNNING, utcnow(), utcnow()
            act.plan = {"table": table, "key": key, "also": sorted(also)}
            refuse_another(db.session(), act)
            return act.id

    act_id = with_retries(begin)
    _Redaction(act_id).run()
    return db.session.get_one(Operation, act_id)


def finish_redaction() -> None:
    """Come to the end of what was interrupted."""
    interrupted = select(Operation.id).where(
        Operation.kind == FORGET,
        Operation.state.in_(UNFINISHED),
        Operation.heartbeat_at < utcnow() - PATIENCE,
    )
    found = db.session.scalars(interrupted).all()
    db.session.rollback()
    for act_id in found:
        _Redaction(act_id).run()


def _table(connection: Connection, name: str) -> Table:
    try:
        return table_called(connection, name)
    except NoSuchTableError as error:
        raise NotFound(_("There is no table %(name)s.", name=name)) from error


def _refuse_unknown(connection: Connection, table: Table, key: str, also: Collection[str]) -> None:
    names = {reference.table.name for reference in traces.references(connection, table)}
    for name in set(also) - names:
        raise Invalid(_("%(other)s does not refer to %(table)s.", other=name, table=table.name))
    changed = select(CHANGES.c.id).where(traces.changes_of(table.name, [key])).limit(1)
    if connection.scalar(changed) is None and not traces.acted(connection, table, key):
        raise NotFound(_("The history holds nothing of %(table)s %(key)s.", table=table.name, key=key))


Part = TypeVar("Part")


class _Redaction:
    """One operation that forgets. The row itself comes last: by it everything else is found."""

    def __init__(self, act_id: int) -> None:
        self._act_id = act_id
        plan = db.session.get_one(Operation, act_id).plan or {}
        self._key: str = plan["key"]
        self._also: Sequence[str] = plan["also"]
        with db.engine.connect() as connection:
            self._table = _table(connection, plan["table"])

    def run(self) -> None:
        with unhurried(db.engine) as connection:
            self._forget_person(connection)
            with connection.begin():
                references = traces.references(connection, self._table)
            for reference in references:
                grant = reference.table.name == Administrator.__tablename__
                if grant or reference.table.name in self._also:
                    self._forget_referring(connection, reference)
            self._forget_rows(connection, self._table.name, [self._key])
            self._write_digests(connection)
        with_retries(self._finish)

    def _forget_person(self, connection: Connection) -> None:
        if not traces.is_a_person(self._table):
            return
        with connection.begin():
            acted = traces.acted(connection, self._table, self._key)
            names = traces.names_of(connection, self._table, self._key)
            naming = traces.naming(connection, names)
        for numbers in _parts(acted):
            self._alter(numbers, OPERATIONS, ACTOR, numbers)
        for numbers in _parts(naming):
            self._alter(numbers, OPERATIONS, WORDS, numbers)
        with_retries(self._forget_browsers)
        with_retries(self._forget_links)
        with_retries(self._forget_claims)
        with_retries(lambda: self._forget_events(names))

    def _forget_links(self) -> None:
        session = db.session()
        with transaction(session):
            theirs = PasswordLink.user_id == parse_key(self._table, self._key)
            session.execute(delete(PasswordLink).where(theirs))

    def _forget_claims(self) -> None:
        """By which name they, and whoever else has no access any more, were told apart from others."""
        session, claims = db.session(), ClaimedName.administrator_id
        with transaction(session):
            gone = claims.not_in(select(Administrator.id))
            session.execute(delete(ClaimedName).where(or_(claims.in_(self._grants()), gone)))

    def _forget_events(self, names: Collection[str]) -> None:
        """Forget in the security log who they were; what happened, and when, stays."""
        session = db.session()
        with transaction(session):
            traces.forget_in_events(session, self._grants(), names, NOBODY)
            session.execute(delete(TrustedDevice).where(TrustedDevice.administrator_id.in_(self._grants())))

    def _grants(self) -> AnySelect:
        return select(Administrator.id).where(Administrator.user_id == parse_key(self._table, self._key))

    def _forget_browsers(self) -> None:
        """Where they signed in from, and what they called their passkeys."""
        session, grants = db.session(), self._grants()
        with transaction(session):
            unseen = {"synchronize_session": False}
            where = update(AdminSession).where(AdminSession.administrator_id.in_(grants))
            session.execute(where.values(address=None, user_agent=None), execution_options=unseen)
            named = update(Passkey).where(Passkey.administrator_id.in_(grants))
            session.execute(named.values(name=NOBODY), execution_options=unseen)

    def _forget_referring(self, connection: Connection, reference: Reference) -> None:
        with connection.begin():
            keys = [*traces.referring_keys(connection, reference, self._key)]
        for page in keys:
            self._forget_rows(connection, reference.table.name, page)

    def _forget_rows(self, connection: Connection, table: str, keys: Sequence[str]) -> None:
        with connection.begin():
            changes = select(CHANGES.c.id, CHANGES.c.operation_id).where(traces.changes_of(table, keys))
            found = connection.execute(changes.order_by(CHANGES.c.id)).all()
        for rows in _parts(found):
            self._alter({row[1] for row in rows}, CHANGES, IMAGES, [row[0] for row in rows])

    def _alter(
        self, numbers: Collection[int], table: Table, values: Mapping[str, object], ids: Sequence[int]
    ) -> None:
        """Change rows of these operations, as far as they are sealed, and note that they are changed."""
        with_retries(lambda: self._alter_once(numbers, table, values, ids))

    def _alter_once(
        self, numbers: Collection[int], table: Table, values: Mapping[str, object], ids: Sequence[int]
    ) -> None:
        session, others = db.session(), set(numbers) - {self._act_id}
        with transaction(session):
            act = self._act(session)
            if act is None:
                return
            sealed = set(session.scalars(select(Seal.operation_id).where(Seal.operation_id.in_(others))))
            act.report = _with_left(act, others - sealed)
            self._note(session, sealed)
            owner = CHANGES.c.operation_id if table is CHANGES else OPERATIONS.c.id
            altered = update(table).where(table.c.id.in_(ids), owner.in_(sealed)).values(**values)
            changed = session.connection().execute(altered)
            if table is CHANGES:
                act.changed_rows += changed.rowcount

    def _act(self, session: Session) -> Operation | None:
        """The operation, locked; nothing where somebody else has come to its end."""
        act = session.get(Operation, self._act_id, with_for_update=True)
        if act is None or act.is_finished:
            return None
        act.heartbeat_at = utcnow()
        return act

    def _note(self, session: Session, numbers: Collection[int]) -> None:
        noted = select(Redaction.operation_id).where(
            Redaction.by_id == self._act_id, Redaction.operation_id.in_(numbers)
        )
        new = set(numbers) - set(session.scalars(noted))
        if new:
            rows = [{"operation_id": number, "by_id": self._act_id} for number in sorted(new)]
            session.execute(insert(Redaction), rows)

    def _write_digests(self, connection: Connection) -> None:
        """Write down what is left of each operation; it is read while nobody waits."""
        noted = select(Redaction.operation_id).where(Redaction.by_id == self._act_id)
        with connection.begin():
            numbers = connection.scalars(noted.order_by(Redaction.id)).all()
        key = keyring().current
        for part in _parts(numbers):
            with connection.begin():
                digests = contents(connection, dict.fromkeys(part, Digesting(key))).digests
            with_retries(lambda digests=digests: self._write(key.id, digests))  # type: ignore[misc]

    def _write(self, key_id: str, digests: Mapping[int, str]) -> None:
        session = db.session()
        with transaction(session):
            if self._act(session) is None:
                return
            noted = update(FORGETTINGS).where(
                FORGETTINGS.c.by_id == self._act_id, FORGETTINGS.c.operation_id == bindparam("number")
            )
            session.connection().execute(
                noted.values(key_id=key_id, content_digest=bindparam("digest"), format=FORMAT),
                [{"number": number, "digest": digest} for number, digest in digests.items()],
            )

    def _finish(self) -> None:
        session = db.session()
        with transaction(session):
            act = self._act(session)
            if act is not None:
                act.state, act.finished_at, act.expected_rows = State.DONE, utcnow(), act.changed_rows


def _parts(items: Sequence[Part]) -> Iterator[Sequence[Part]]:
    for first in range(0, len(items), AT_ONCE):
        yield items[first : first + AT_ONCE]


def _with_left(act: Operation, left: Collection[int]) -> OperationReport | None:
    """What there is to say: which operations were not over yet, and keep what they hold."""
    if not left:
        return act.report
    report = act.report or {}
    return {**report, "not_over": sorted({*report.get("not_over", []), *left})}
