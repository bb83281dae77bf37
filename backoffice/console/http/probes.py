"""Probing: asking for what no page of ours asks for, which only somebody does who tries things out."""

import re
from collections.abc import Collection, Iterable

from flask import g

from backoffice.console.http.current_actor import record_request_event

# What looks like a name is one; anything else may be what somebody did not mean to send.
NAME = re.compile(r"-?[a-z_][a-z0-9_]{0,63}", re.IGNORECASE)
MOST_NAMES = 5


def record_probe(kind: str, sent: Iterable[str], known: Collection[str]) -> None:
    """Note the names that were sent and that are not known; once in a request."""
    forged = sorted({name for name in sent if name not in known})
    noted: set[str] = g.setdefault("noted_probes", set())
    if forged and kind not in noted:
        noted.add(kind)
        names = [name if NAME.fullmatch(name) else "…" for name in forged[:MOST_NAMES]]
        record_request_event(kind, names=names, count=len(forged))
