"""What an error of a database means: whether it passes, and if not, who has to mend it; the one table of it.

Pages, commands and workers all go by this. Where a code is not in it, its class is, or else nobody knows.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from enum import Enum, StrEnum
from typing import NamedTuple

from flask_babel import lazy_gettext
from sqlalchemy.exc import DataError, DBAPIError, DisconnectionError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft


class Blame(Enum):
    """Whose it is."""

    NOBODYS = "it passes"  # trying again later helps
    OURS = "ours"  # asking for less at once may help
    OPERATORS = "the operator's"  # trying again helps once somebody has mended something
    ROWS = "the row's"  # trying again helps nothing
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """What is the matter; stored where work stops for it."""

    AWAY = "away"
    BUSY = "busy"
    CROWDED = "crowded"
    NO_ROOM = "no room"
    NO_MEMORY = "no memory"
    READ_ONLY = "read-only"
    SLOW = "slow"
    TOO_LARGE = "too large"
    SIGN_IN = "sign-in"
    NOT_THERE = "not there"
    NOT_ALLOWED = "not allowed"
    LIMITED = "limited"
    PROTOCOL = "protocol"
    DAMAGED = "damaged"
    RULE = "rule"
    VALUE = "value"
    REFUSED = "refused"
    FAILED = "failed"


class Fault(NamedTuple):
    """What an error means."""

    blame: Blame
    reason: Reason

    @property
    def is_for_later(self) -> bool:
        """Whether the same may well be done later, as it is: nothing is wrong with what was asked for."""
        return self.blame in (Blame.NOBODYS, Blame.OURS, Blame.OPERATORS)


WORDS = {
    Reason.AWAY: lazy_gettext("The database does not answer just now."),
    Reason.BUSY: lazy_gettext("The database is busy."),
    Reason.CROWDED: lazy_gettext("The database takes no more connections just now."),
    Reason.NO_ROOM: lazy_gettext("The database is out of room: its disk is full."),
    Reason.NO_MEMORY: lazy_gettext("The database is out of memory."),
    Reason.READ_ONLY: lazy_gettext("The database is read-only just now."),
    Reason.SLOW: lazy_gettext("This takes the database longer than a statement may."),
    Reason.TOO_LARGE: lazy_gettext("This is more than the database takes at once."),
    Reason.SIGN_IN: lazy_gettext("The database does not let the console in, by the name that it comes with."),
    Reason.NOT_THERE: lazy_gettext("There is no database of this name."),
    Reason.NOT_ALLOWED: lazy_gettext("The database does not allow the console to do this."),
    Reason.LIMITED: lazy_gettext("A limit that is set for the database stands in the way."),
    Reason.PROTOCOL: lazy_gettext("The console and the database do not understand each other."),
    Reason.DAMAGED: lazy_gettext("The database cannot read its own files."),
    Reason.RULE: lazy_gettext("It would break one of the table's own rules."),
    Reason.VALUE: lazy_gettext("The database cannot hold one of these values."),
    Reason.REFUSED: lazy_gettext("The database refused to go on."),
    Reason.FAILED: lazy_gettext("Something went wrong. The error has been logged."),
}


def fault_message(reason: str) -> str:
    """A reason in the reader's language; one that a later version stored, as it is."""
    return str(WORDS.get(reason, reason))  # type: ignore[call-overload]


UNKNOWN = Fault(Blame.UNKNOWN, Reason.REFUSED)
AWAY, BUSY, CROWDED, NO_ROOM, NO_MEMORY, READ_ONLY = (
    Fault(Blame.NOBODYS, reason)
    for reason in (
        *(Reason.AWAY, Reason.BUSY, Reason.CROWDED),
        *(Reason.NO_ROOM, Reason.NO_MEMORY, Reason.READ_ONLY),
    )
)
SLOW, TOO_LARGE = (Fault(Blame.OURS, reason) for reason in (Reason.SLOW, Reason.TOO_LARGE))
SIGN_IN, NOT_THERE, NOT_ALLOWED, LIMITED, PROTOCOL, DAMAGED = (
    Fault(Blame.OPERATORS, reason)
    for reason in (
        *(Reason.SIGN_IN, Reason.NOT_THERE, Reason.NOT_ALLOWED),
        *(Reason.LIMITED, Reason.PROTOCOL, Reason.DAMAGED),
    )
)
RULE, VALUE = (Fault(Blame.ROWS, reason) for reason in (Reason.RULE, Reason.VALUE))

# By SQLSTATE, or by its class, which is its beginning.
SQLSTATES: Mapping[str, Fault] = {
    "08": AWAY,
    "08P01": PROTOCOL,
    "22": VALUE,
    "23": RULE,
    "25006": READ_ONLY,
    "25P03": AWAY,  # the server closed a connection that had been idle within a transaction
    "25P04": SLOW,
    "27": RULE,
    "28": SIGN_IN,
    "3D000": NOT_THERE,
    "40": BUSY,
    "40002": RULE,
    "40003": AWAY,
    "42501": NOT_ALLOWED,
    "44": RULE,
    "45": RULE,  # what a trigger on MariaDB says of itself,
    "P0": RULE,  # and one on PostgreSQL
    "53": AWAY,
    "53100": NO_ROOM,
    "53200": NO_MEMORY,
    "53300": CROWDED,
    "53400": LIMITED,
    "54": TOO_LARGE,
    "55000": RULE,
    "55P03": BUSY,
    "57014": SLOW,
    "57P01": AWAY,
    "57P02": AWAY,
    "57P03": AWAY,
    "57P04": NOT_THERE,
    "57P05": AWAY,
    "58": DAMAGED,
    "F0": LIMITED,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}

# By the numbers of MariaDB, from 1000 on, and of PyMySQL, from 2000 on, whose 0 is a connection that is gone.
# Where a number is not here its SQLSTATE counts, which is often a general one.
MARIADB: Mapping[Fault, tuple[int, ...]] = {
    AWAY: (
        *(0, 1042, 1043, 1047, 1053, 1077, 1079, 1080, 1152, 1154, 1155, 1156, 1157),
        *(1158, 1159, 1160, 1161, 1184, 1927),
        *(2001, 2002, 2003, 2004, 2005, 2006, 2012, 2013, 2014, 2026, 2027, 2045, 2055, 4031),
    ),
    # 1020 and 1412: somebody changed what was read. 1305: after a deadlock the savepoint that was to be gone
    # back to is gone with everything else.
    BUSY: (1020, 1027, 1205, 1213, 1305, 1412, 1614, 1615, 1637, 3058),
    CROWDED: (1040, 1135, 1203),
    NO_ROOM: (1021, 1114),
    NO_MEMORY: (1037, 1038, 1041),
    READ_ONLY: (1036, 1290, 1792, 1836),
    SLOW: (1028, 1317, 1969, 3024),
    TOO_LARGE: (1153, 1197, 1206, 1390, 2020),
    SIGN_IN: (1045, 1129, 1130, 1251, 1275, 1524, 1698, 1820, 1862, 2049, 2059, 2061, 4150, 4151),
    NOT_THERE: (1046, 1049),
    NOT_ALLOWED: (1044, 1142, 1143, 1227, 1370),
    LIMITED: (1226, 1461),
    DAMAGED: (1023, 1024, 1026, 1030, 1033, 1034, 1035, 1180, 1194, 1195, 1296, 1712, 1877),
    RULE: (
        *(1022, 1048, 1062, 1169, 1215, 1216, 1217, 1364, 1369, 1442),
        *(1451, 1452, 1557, 1586, 1644, 1761, 1762, 3819, 4025),
    ),
    VALUE: (1162, 1264, 1265, 1292, 1365, 1366, 1367, 1406, 1411, 1441),
}
_BY_NUMBER = {number: fault for fault, numbers in MARIADB.items() for number in numbers}
# The numbers that say no more than that a file could not be written, and in their text why.
MARIADB_FILES = (1023, 1024, 1026, 1030, 1180, 1296)
NO_SPACE_LEFT = re.compile(r"\b28\b")

# By the primary result codes of SQLite.
SQLITE: Mapping[int, Fault] = {
    sqlite3.SQLITE_ABORT: BUSY,
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_PROTOCOL: BUSY,
    sqlite3.SQLITE_SCHEMA: BUSY,
    sqlite3.SQLITE_IOERR: AWAY,
    sqlite3.SQLITE_FULL: NO_ROOM,
    sqlite3.SQLITE_NOMEM: NO_MEMORY,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_INTERRUPT: SLOW,
    sqlite3.SQLITE_AUTH: NOT_ALLOWED,
    sqlite3.SQLITE_PERM: NOT_ALLOWED,
    sqlite3.SQLITE_CANTOPEN: NOT_THERE,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOLFS: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_CONSTRAINT: RULE,
    sqlite3.SQLITE_MISMATCH: VALUE,
    sqlite3.SQLITE_TOOBIG: VALUE,
}


def fault_of(error: BaseException | None) -> Fault:
    """What an error of SQLAlchemy's or of a driver means."""
    return next(_verdicts(error), UNKNOWN)


def _verdicts(error: BaseException | None) -> Iterator[Fault]:
    """What is known of it, the most exact first."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        yield from _sqlite(cause)
    else:
        yield from _mariadb(cause)
        yield from _sqlstate(cause)
    if isinstance(error, NoConnectionLeft):
        yield CROWDED
    if isinstance(error, DisconnectionError) or getattr(error, "connection_invalidated", False):
        yield AWAY
    yield from _by_class(error)


def _sqlite(cause: sqlite3.Error) -> Iterator[Fault]:
    # The driver's own errors have no number.
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in SQLITE:
        yield SQLITE[code]


def _mariadb(cause: BaseException | None) -> Iterator[Fault]:
    number = mariadb_number(cause)
    if number in MARIADB_FILES and NO_SPACE_LEFT.search(str(cause)):
        yield NO_ROOM
    if number in _BY_NUMBER:
        yield _BY_NUMBER[number]


def mariadb_number(cause: BaseException | None) -> int | None:
    """The number that MariaDB, or its driver, gives an error."""
    number = cause.args[0] if cause is not None and cause.args else None
    return number if isinstance(number, int) else None


def _sqlstate(cause: BaseException | None) -> Iterator[Fault]:
    code = getattr(cause, "sqlstate", None) or ""
    for known in (code, code[:2]):
        if known in SQLSTATES:
            yield SQLSTATES[known]


def _by_class(error: BaseException | None) -> Iterator[Fault]:
    """What the driver makes of an error that has no code of which anything is known."""
    match error:
        case IntegrityError():
            yield RULE
        case DataError():
            yield VALUE
        case OperationalError(orig=cause) if not _has_code(cause):
            yield AWAY  # psycopg's, where it cannot connect, or has lost its connection


def _has_code(cause: BaseException | None) -> bool:
    return (
        isinstance(cause, sqlite3.Error)
        or mariadb_number(cause) is not None
        or bool(getattr(cause, "sqlstate", None))
    )
