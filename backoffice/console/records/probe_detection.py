"""Probing by forms: fields that they do not have, and keys that are none."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Table

from backoffice.console.http import record_probe, record_request_event
from backoffice.console.records.etags import SENT
from backoffice.exceptions import Invalid
from backoffice.models import parse_keys

# What forms send beside their fields; so is whatever begins with a line.
BESIDE_FIELDS = frozenset({"csrf_token", "url", SENT, "id"})


def note_fields(sent: Iterable[str], known: Collection[str]) -> None:
    """Note the fields that were sent and that the form does not have."""
    record_probe("probe:field", (name for name in sent if not name.startswith("_")), known)


def keys_sent(table: Table, texts: Iterable[str]) -> list[Any]:
    """The keys among the ids that were sent; a form without a tick sends an empty one, or none.

    Raises Invalid, which names what is no key, and notes it: no page of ours has it.
    """
    try:
        return parse_keys(table, filter(None, texts))
    except Invalid:
        record_request_event("probe:id")
        raise
