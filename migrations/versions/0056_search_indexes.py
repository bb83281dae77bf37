"""search indexes"""

from migrations import guards

revision = "0056_search_indexes"
down_revision = "0055_security_event_of_index"


def upgrade() -> None:
    guards.create_search_indexes(user=["username", "email"], post=["body"])


def downgrade() -> None:
    guards.drop_search_indexes()
