"""Probing: asking for what no page of ours asks for, which only somebody does who tries things out."""

import re
from collections.abc import Collection, Iterable

from flask import g

from backoffice.console.http import record_request_event
from backoffice.console.records.etags import SENT

# What looks like a name is one; anything else may be what somebody did not mean to send.
NAME = re.compile(r"-?[a-z_][a-z0-9_]{0,63}", re.IGNORECASE)
MOST_NAMES = 5
# What forms send beside their fields; so is whatever begins with a line.
BESIDE_FIELDS = frozenset({"csrf_token", "url", SENT, "id"})


def note_filters(asked: Iterable[str], known: Collection[str]) -> None:
    """Note the filters, and whatever else an address asks of a list, that it does not have."""
    _note_names("probe:filter", asked, known)


def note_fields(sent: Iterable[str], known: Collection[str]) -> None:
    """Note the fields that were sent and that the form does not have."""
    _note_names("probe:field", (name for name in sent if not name.startswith("_")), known)


def note_ids(texts: Iterable[str], keys: Collection[object]) -> None:
    """Note where not every id that was sent is one; a form without a tick sends an empty one, or none."""
    if len([text for text in texts if text]) > len(keys):
        record_request_event("probe:id")


def _note_names(kind: str, sent: Iterable[str], known: Collection[str]) -> None:
    forged = sorted({name for name in sent if name not in known})
    noted: set[str] = g.setdefault("noted_probes", set())
    if forged and kind not in noted:
        noted.add(kind)
        names = [name if NAME.fullmatch(name) else "…" for name in forged[:MOST_NAMES]]
        record_request_event(kind, names=names, count=len(forged))
