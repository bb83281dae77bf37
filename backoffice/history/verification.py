"""Going along the chain of seals, to find what was done to the history behind its back.

Memory stays flat, and nobody who writes has to wait. What was forgotten on purpose is told from what was
altered by the digest that whoever forgot it wrote down, and that nobody can make without the key.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Connection, Select, exists, func, select
from sqlalchemy.exc import DBAPIError

from backoffice.clock import utcnow
from backoffice.database import is_busy
from backoffice.extensions import db
from backoffice.history.content import CHANGES, OPERATIONS, unhurried
from backoffice.history.keyring import Keyring, keyring
from backoffice.history.sealed import SEALS, Page, read_page
from backoffice.history.seals import NO_DIGEST, Checkpoint, hash_chain
from backoffice.models import UNFINISHED
from backoffice.statements import AnyRow

# What ended within a day may still wait for a worker. And an operation is written when it ends: none that
# says that it ended a day before the one that was sealed before it was there then.
A_DAY = timedelta(days=1)
# So many findings are said, and of each operation so many rows; of the others it is said how many they are.
MOST_SAID, ROWS_SAID = 100, 10


@dataclass
class Report:
    """What was looked at, and the `findings`: what is wrong. Of very many, only the first are there.

    `faults` is how many there are in all, and `unsaid` how many of them no finding speaks of. `unknown_keys`
    counts what was sealed with keys that are not at hand, `unsealed` what has ended just now, and
    `being_forgotten` the operations of which something is being forgotten, or was in part.
    """

    seals: int = 0
    changes: int = 0
    findings: list[str] = field(default_factory=list)
    faults: int = 0
    unsaid: int = 0
    unknown_keys: Counter[str] = field(default_factory=Counter)
    unsealed: int = 0
    being_forgotten: int = 0

    def add(self, finding: str, number: int = 1) -> None:
        """Note something that is wrong, or so many things of which the words say all."""
        self.faults += number
        if self.has_room:
            self.findings.append(finding)
        else:
            self.unsaid += number

    @property
    def has_room(self) -> bool:
        """Whether another finding is said, and not only counted."""
        return len(self.findings) < MOST_SAID


@dataclass
class _Walk:
    """How far along the chain we are; no `digest` is known of a seal that is not there."""

    connection: Connection
    keys: Keyring
    heads: Mapping[int, str]
    report: Report
    position: int = 0
    digest: str | None = NO_DIGEST
    ended_at: datetime | None = None


def verify(heads: Sequence[Checkpoint] = ()) -> Report:
    """Look at every seal and everything sealed; `heads` are those that were kept elsewhere."""
    report = Report()
    with unhurried(db.engine) as connection:
        walk = _Walk(
            connection, keyring(), {checkpoint.position: checkpoint.digest for checkpoint in heads}, report
        )
        after = None
        while (page := read_page(connection, walk.keys, after)).seals:
            for seal in page.seals:
                _look_at_seal(walk, seal)
                _look_at_content(walk, seal, page)
                _look_at_time(walk, seal, page)
                report.seals += 1
            report.changes += page.found.changes
            after = walk.position
        _look_beyond(walk)
    return report


def _look_at_seal(walk: _Walk, seal: AnyRow) -> None:
    names = {"position": seal.position, "number": seal.operation_id}
    key, report = walk.keys.by_id.get(seal.key_id), walk.report
    if seal.position != walk.position + 1:
        _look_at_gap(walk, seal)
    if walk.heads.get(seal.position, seal.digest) != seal.digest:
        report.add(_("The seal at position %(position)d is not the one that was the head once.", **names))
    if key is None:
        report.unknown_keys[seal.key_id] += 1
    elif walk.digest is not None and hash_chain(key, dict(seal._mapping), walk.digest) != seal.digest:
        report.add(
            _("The seal at position %(position)d, of operation %(number)d, was altered or moved.", **names)
        )
    walk.position, walk.digest = max(seal.position, 0), seal.digest


def _look_at_gap(walk: _Walk, seal: AnyRow) -> None:
    """Where a seal does not follow the one before; what it was chained to is not known then."""
    first, last = walk.position + 1, seal.position - 1
    if first > last:  # the positions begin with 1
        walk.report.add(_("The seal at position %(position)d was inserted.", position=seal.position))
    elif first == last:
        walk.report.add(_("The seal at position %(position)d was removed.", position=first))
    else:
        removed = _("The seals at the positions %(first)d to %(last)d were removed.", first=first, last=last)
        walk.report.add(removed, last - first + 1)
    walk.digest = None


def _look_at_content(walk: _Walk, seal: AnyRow, page: Page) -> None:
    number, expected, report = seal.operation_id, page.expected[seal.operation_id], walk.report
    if number not in page.ends:
        removed = _("Operation %(number)d was removed: only its seal is there.", number=number)
        report.add(_with_rows(walk, removed, number))
    if not expected.is_whole:
        report.being_forgotten += 1
    if expected.digest is None or number not in page.ends:
        return
    if expected.key_id not in walk.keys.by_id:
        report.unknown_keys[expected.key_id] += expected.key_id != seal.key_id
    elif page.found.digests.get(number) != expected.digest:
        altered = _(
            "Operation %(number)d was altered: what it says of itself, or its changes, are not those that"
            " were sealed.",
            number=number,
        )
        report.add(_with_rows(walk, altered, number))


def _look_at_time(walk: _Walk, seal: AnyRow, page: Page) -> None:
    ended_at = page.ends.get(seal.operation_id)
    if ended_at is None:
        return
    if walk.ended_at is not None and ended_at < walk.ended_at - A_DAY:
        inserted = _(
            "Operation %(number)d was inserted: it says that it ended on %(day)s, and was not there when"
            " that day was sealed.",
            number=seal.operation_id,
            day=ended_at.date().isoformat(),
        )
        walk.report.add(_with_rows(walk, inserted, seal.operation_id))
        return
    walk.ended_at = min(ended_at, seal.sealed_at)


def _look_beyond(walk: _Walk) -> None:
    """At the end of the chain, and at what has no seal."""
    beyond, report, connection = max(walk.heads, default=0), walk.report, walk.connection
    if beyond > walk.position:
        names = {"last": walk.position, "position": beyond}
        report.add(
            _("The chain was cut short: it ends at position %(last)d, and once had %(position)d.", **names)
        )
    with connection.begin():
        report.unsealed = connection.scalar(_without_seal(func.count(), is_old=False)) or 0
        unsealed = _first_and_number(connection, _without_seal(OPERATIONS.c.id, is_old=True))
        of_none = _first_and_number(connection, _owners_of_nothing())
    for number in unsealed[0]:
        late = _("Operation %(number)d ended more than a day ago and has no seal.", number=number)
        report.add(_with_rows(walk, late, number))
    for number in of_none[0]:
        inserted = _("Changes were inserted, of an operation %(number)d that is not there.", number=number)
        report.add(_with_rows(walk, inserted, number))
    uncounted = sum(number - len(first) for first, number in (unsealed, of_none))
    report.faults, report.unsaid = report.faults + uncounted, report.unsaid + uncounted


def _without_seal(what: ColumnElement[int], *, is_old: bool) -> Select[int]:
    ended, a_day_ago = func.coalesce(OPERATIONS.c.finished_at, OPERATIONS.c.started_at), utcnow() - A_DAY
    return select(what).where(
        OPERATIONS.c.state.not_in(UNFINISHED),
        ended < a_day_ago if is_old else ended >= a_day_ago,
        ~exists().where(SEALS.c.operation_id == OPERATIONS.c.id),
    )


def _owners_of_nothing() -> Select[int]:
    """The operations that changes name, and that are not there; those that have a seal were spoken of."""
    missing = ~exists().where(OPERATIONS.c.id == CHANGES.c.operation_id)
    unsealed = ~exists().where(SEALS.c.operation_id == CHANGES.c.operation_id)
    return select(CHANGES.c.operation_id).where(missing, unsealed).distinct()


def _first_and_number(connection: Connection, numbers: Select[int]) -> tuple[Sequence[int], int]:
    """The first of these operations, and how many there are."""
    column = numbers.selected_columns[0]
    first = connection.scalars(numbers.order_by(column).limit(MOST_SAID)).all()
    if len(first) < MOST_SAID:
        return first, len(first)
    return first, connection.scalar(select(func.count()).select_from(numbers.subquery())) or 0


def _with_rows(walk: _Walk, finding: str, number: int) -> str:
    """A finding, with the rows that the changes of its operation are about, as far as there are any."""
    if not walk.report.has_room:
        return finding
    try:
        named, changes = _rows_of(walk.connection, number)
    except DBAPIError as error:  # somebody wrote what no driver can read
        if is_busy(error):
            raise
        return finding
    if not named:
        return finding
    if changes > len(named):
        named.append(str(_("and %(count)s more", count=format_decimal(changes - len(named)))))
    about = ngettext("Its row: %(rows)s.", "Its rows: %(rows)s.", changes, rows=", ".join(named))
    return f"{finding} {about}"


def _rows_of(connection: Connection, number: int) -> tuple[list[str], int]:
    """The first rows that an operation changed, and how many it were."""
    mine = CHANGES.c.operation_id == number
    rows = select(CHANGES.c.table_name, CHANGES.c.row_key).where(mine).order_by(CHANGES.c.id)
    with connection.begin():
        named = [f"{table} {key}" for table, key in connection.execute(rows.limit(ROWS_SAID))]
        return named, connection.scalar(select(func.count()).where(mine)) or 0
