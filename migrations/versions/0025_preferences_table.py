"""preferences table"""

import sqlalchemy as sa

from migrations import guards

revision = "0025_preferences_table"
down_revision = "0024_selection_rows_table"


def upgrade() -> None:
    guards.create_table(
        "backoffice_preference",
        sa.Column(
            "administrator_id",
            sa.Integer(),
            sa.ForeignKey("backoffice_administrator.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("time_zone", sa.String(64)),
        sa.Column("language", sa.String(20)),
    )


def downgrade() -> None:
    guards.drop_table("backoffice_preference")
