"""whose a name is among those who have access"""

import click
import sqlalchemy as sa
from alembic import op

from backoffice.models.folding import folded_name
from migrations import guards

revision = "0077_claimed_names"
down_revision = "0076_forgetting_format"

NAMES = sa.table("backoffice_name", sa.column("folded"), sa.column("administrator_id"))
GRANTS = sa.table("backoffice_administrator", sa.column("id"), sa.column("username"))


def upgrade() -> None:
    guards.create_table(
        "backoffice_name",
        sa.Column("folded", sa.String(190), primary_key=True),
        sa.Column("administrator_id", sa.Integer(), unique=True, nullable=False),
    )
    if not op.get_context().as_sql:  # nobody has access yet
        _claim(op.get_bind())


def _claim(connection: sa.Connection) -> None:
    connection.execute(sa.delete(NAMES))  # it may have been broken off here
    claimed: dict[str, tuple[int, str]] = {}
    for number, name in connection.execute(sa.select(GRANTS).order_by(GRANTS.c.id)):
        holder, theirs = claimed.setdefault(folded_name(name), (number, name))
        if holder != number:
            _tell(theirs, name)
    rows = [{"folded": folded, "administrator_id": number} for folded, (number, _name) in claimed.items()]
    if rows:
        connection.execute(sa.insert(NAMES), rows)


def downgrade() -> None:
    guards.drop_table("backoffice_name")


def _tell(one: str, other: str) -> None:
    click.echo(
        f"{one!a} and {other!a} both have access, and to the console their names are one from now on. "
        "Each still signs in by the name as it is written. Please rename one of them, under Users."
    )
