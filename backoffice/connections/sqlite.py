"""Connections to SQLite: transactions that begin as what they are, and what its JSON lacks."""

import json
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection

from backoffice.accents import without_known_accents
from backoffice.clock import machine_time, note_time, running


def set_up(connection: DBAPIConnection, lock_seconds: int) -> None:
    """Have it wait for a lock no longer than this, and check what refers to what."""
    # The driver's own transactions begin late and never for a read; `begin` begins them instead.
    connection.isolation_level = None
    # A text that is no UTF-8 is read, too, with a sign where something is none.
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    for pragma in (
        f"busy_timeout = {lock_seconds * 1000}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        # Pages that many rows of bulk work touch again and again are written back less often: 16 and 32 MB.
        "cache_size = -16000",
        "wal_autocheckpoint = 8000",
    ):
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    asked = running()
    note_time(machine_time(), asked)  # it has no other time
    connection.create_function("backoffice_pack", 1, _pack, deterministic=True)
    connection.create_function("backoffice_unpack", 1, _unpack, deterministic=True)
    connection.create_function("backoffice_without_accents", 1, without_known_accents, deterministic=True)


def begin(connection: Connection) -> None:
    """Begin a transaction."""
    # A transaction that reads first and writes later is refused at once when another one wrote meanwhile.
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _pack(value: float | bytes | str) -> str:
    """What SQLite's JSON cannot hold, or would round, as an object that names it."""
    match value:
        case float():
            return json.dumps({"real": repr(value)})
        case bytes():
            return json.dumps({"hex": value.hex()})
        case _:
            return json.dumps({"text": value.encode().hex()})


def _unpack(packed: str) -> float | bytes | str:
    ((kind, text),) = json.loads(packed).items()
    if kind == "real":
        return float(text)
    return bytes.fromhex(text) if kind == "hex" else bytes.fromhex(text).decode()
