"""index of selections that are still read"""

from migrations import guards

revision = "0032_selection_lease_index"
down_revision = "0031_selection_of_all"


def upgrade() -> None:
    guards.create_index("ix_backoffice_selection_lease_until", "backoffice_selection", ["lease_until"])


def downgrade() -> None:
    guards.drop_index("ix_backoffice_selection_lease_until", "backoffice_selection")
