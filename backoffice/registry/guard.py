"""Which rows of a table may not be taken away or changed, whoever asks."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from backoffice.models import RowKey

# Which of these keys may not be touched, and why, as a reason of `work`; asked in the writing transaction.
Protect = Callable[[Session, Collection[RowKey]], Mapping[RowKey, str]]
# What has to be true of a table before and after.
Watch = Callable[[Session], AbstractContextManager[None]]


@dataclass(frozen=True)
class Guard:
    """Which rows of a table are not to be taken away; nor, where `columns` are named, changed in these.

    Where changing is another question than taking away, `protect_from_change` answers it. Inside `watch`,
    rows are changed: it raises Conflict where the whole of it cannot be.
    """

    protect: Protect
    columns: frozenset[str] = frozenset()
    protect_from_change: Protect | None = None
    watch: Watch | None = None

    def protected(
        self, session: Session, keys: Collection[RowKey], columns: Collection[str] | None
    ) -> Mapping[RowKey, str]:
        """The protected rows among these; `columns` are to be changed, None stands for taking rows away."""
        if columns is None:
            return self.protect(session, keys)
        if self.columns.isdisjoint(columns):
            return {}
        return (self.protect_from_change or self.protect)(session, keys)
