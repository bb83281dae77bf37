"""search without accents"""

from migrations import guards

revision = "0078_accents"
down_revision = "0077_claimed_names"


def upgrade() -> None:
    # Where there is a search index that tells letters with accents apart, which is on PostgreSQL only.
    guards.add_accents_to_search(user=["username", "email"], post=["body"])


def downgrade() -> None:
    guards.drop_accents_of_search()
