"""Probing by forms: fields that they do not have, and keys that are none."""

from collections.abc import Collection, Iterable

from backoffice.console.http import record_probe, record_request_event
from backoffice.console.records.etags import SENT

# What forms send beside their fields; so is whatever begins with a line.
BESIDE_FIELDS = frozenset({"csrf_token", "url", SENT, "id"})


def note_fields(sent: Iterable[str], known: Collection[str]) -> None:
    """Note the fields that were sent and that the form does not have."""
    record_probe("probe:field", (name for name in sent if not name.startswith("_")), known)


def note_ids(texts: Iterable[str], keys: Collection[object]) -> None:
    """Note where not every id that was sent is one; a form without a tick sends an empty one, or none."""
    if len([text for text in texts if text]) > len(keys):
        record_request_event("probe:id")
