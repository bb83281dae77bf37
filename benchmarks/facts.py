"""What the small benchmark asks for, of the rows that it made, and the bare SQL that each question needs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from backoffice.listing.cursor import Cursor, Place, write_cursor
from benchmarks.bulk_work import BEGINNING, STEP

DELETED = 6_000  # more than are deleted at once: work for a worker

JOINED = """SELECT p.id, p.body, p.timestamp, u.id, u.username FROM post p
    LEFT JOIN "user" u ON u.id = p.user_id {} ORDER BY p.timestamp DESC, p.id DESC LIMIT 50"""
PEOPLE = 'SELECT id, username, email FROM "user" {} ORDER BY id DESC LIMIT 50'
SQL = {
    "list_first": JOINED.format(""),
    "list_users_first": PEOPLE.format(""),
    "list_filtered_eq": PEOPLE.format("WHERE username = :username"),
    "list_filtered_prefix": PEOPLE.format("WHERE email LIKE :email_prefix || '%'"),
    "list_filtered_contains": PEOPLE.format("WHERE email LIKE '%' || :email_part || '%'"),
    "list_time_range": JOINED.format("WHERE p.timestamp >= :week_0 AND p.timestamp < :week_1"),
    "deep_page": JOINED.format("WHERE p.timestamp <= :deep AND (p.timestamp < :deep OR p.id <= :deep_id)"),
    "search_substring": PEOPLE.format("WHERE username LIKE '%' || :fragment || '%'"),
    "search_body": JOINED.format("WHERE p.body LIKE '%' || :body_word || '%'"),
    "open_edit_post": 'SELECT p.*, u.username FROM post p LEFT JOIN "user" u ON u.id = p.user_id '
    "WHERE p.id = :post_id",
    "save_edit_post": "UPDATE post SET body = :body WHERE id = :post_id",
    "open_edit_user": 'SELECT id, username, email FROM "user" WHERE id = :heavy_user',
    "export_csv": 'SELECT id, username, email FROM "user"',
}


@dataclass
class Facts:
    """What is asked for; `benchmarks/operations.py` says what each is for."""

    dialect: str
    users: int
    posts: int
    username: str = "liam.smith7"
    email_prefix: str = "olivia."
    email_part: str = "@acme-industrial"
    fragment: str = "wojciecho"
    heavy_user: int = 2
    bodies: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.body_word, self.post_id = str(self.posts - 7), self.posts // 2
        middle = self.moment(self.posts // 2).replace(hour=0, minute=0, second=0)
        self.week = [str(middle), str(middle + timedelta(days=7))]
        self.last_day = str((middle + timedelta(days=6)).date())
        self.deep_id = self.posts // 10
        deep: Any = self.moment(self.deep_id)
        # SQLite's times are texts, in a place too.
        self.deep = f"{deep}.000000" if self.dialect == "sqlite" else deep
        place = Place(self.deep, self.deep_id + 1)
        self.deep_token = write_cursor(Cursor(place), "post -timestamp")
        self.delete_range_closed = [str(self.moment(1)), str(self.moment(DELETED))]

    def moment(self, number: int) -> datetime:
        """When the post of this number was written."""
        return BEGINNING + timedelta(seconds=STEP * number)

    def new_body(self) -> str:
        return f"edited by the benchmark, {next(self.bodies)}"

    def parameters(self) -> dict[str, Any]:
        """What the statements ask for."""
        week_0, week_1 = self.week
        return {**vars(self), "week_0": week_0, "week_1": week_1, "body": self.new_body()}
