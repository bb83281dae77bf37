"""One act of one person, or of a command."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.operation_facts import Facts, OperationReport
from backoffice.models.types import BigKey, RowJSON, UTCDateTime


class State(StrEnum):
    """How far an operation has come. Whatever fits into one transaction is written as done."""

    WAITING = "waiting"  # for a worker
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"  # at the end of a chunk, which stays
    FAILED = "failed"


UNFINISHED = (State.WAITING, State.RUNNING)


class Operation(Model):
    """`kind` is a typed name such as `user:update`; the actor's name outlives the account.

    Big work is done by a worker, in chunks. What it has to know stands in `plan` and `position`; who may go
    on with it, by which name, and until when they are believed to, in `fence`, `holder` and `lease_until`,
    which only unfinished work has. `waits_for` is why it does not go on, one of the reasons in
    `database_errors`. `report` is what there is to say of it beside its numbers.

    `facts` say what it was about (see `history.facts`). What was recorded before there were facts has words
    in English in their place, in `selection`.
    """

    __tablename__ = "backoffice_operation"
    __table_args__ = (
        # By person, table and kind, alone and two at once, from the newest on: nothing else is read.
        Index("ix_backoffice_operation_by_actor", "actor_name", "started_at", "id"),
        Index("ix_backoffice_operation_by_actor_kind", "actor_name", "kind", "started_at", "id"),
        Index("ix_backoffice_operation_by_actor_table", "actor_name", "table_name", "started_at", "id"),
        Index("ix_backoffice_operation_by_table_kind", "table_name", "kind", "started_at", "id"),
        Index("ix_backoffice_operation_by_kind", "kind", "started_at", "id"),
        Index("ix_backoffice_operation_unsealed", "sealed_at", "finished_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[int | None] = mapped_column()
    actor_name: Mapped[str] = mapped_column(String(64))
    address: Mapped[str | None] = mapped_column(String(45))
    request_id: Mapped[str | None] = mapped_column(String(36))
    table_name: Mapped[str | None] = mapped_column(String(64))
    selection: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[Facts | None] = mapped_column(RowJSON)
    expected_rows: Mapped[int] = mapped_column(BigKey, default=0)
    changed_rows: Mapped[int] = mapped_column(BigKey, default=0)
    state: Mapped[str] = mapped_column(String(16), default=State.DONE)
    undoes_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("backoffice_operation.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True, default=utcnow)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # The grant of the person who acts: whether they still may is asked again for every chunk.
    administrator_id: Mapped[int | None] = mapped_column()
    plan: Mapped[dict[str, Any] | None] = mapped_column(RowJSON)
    report: Mapped[OperationReport | None] = mapped_column(RowJSON)
    position: Mapped[int] = mapped_column(BigKey, default=0, server_default="0")
    began_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    fence: Mapped[int] = mapped_column(default=0, server_default="0")
    holder: Mapped[str | None] = mapped_column(String(64))
    waits_for: Mapped[str | None] = mapped_column(String(32))
    waits_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancel_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancel_by: Mapped[str | None] = mapped_column(String(64))
    # Since when its changes are not kept any more.
    forgotten_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Only to find quickly what has no seal yet; what is sealed, the seals say.
    sealed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in UNFINISHED

    def __repr__(self) -> str:
        return f"<Operation {self.id} {self.kind}>"
