"""The lists that these tests read."""

from backoffice.listing import Columns
from backoffice.models import Post, User
from tests.listing.tables import Page, Sample

USERS = Columns(
    User,
    ["id", "username", "email"],
    filters=["id", "username", "email"],
    search=["username", "email"],
    sort=["id", "username", "email"],
)
POSTS = Columns(
    Post,
    ["id", "body", "timestamp", "author"],
    filters=["id", "body", "timestamp", "author"],
    search=["body", "author"],
    sort=["id", "timestamp"],
    order="-timestamp",
    display={"author": "username"},
)
SAMPLES = Columns(
    Sample,
    ["id", "number", "word", "at"],
    filters=["number", "word", "at", "price", "active"],
    sort=["id", "number", "word", "at", "second"],
)
PAGES = Columns(
    Page,
    ["slug", "parent"],
    filters=["slug", "parent"],
    search=["slug", "parent"],
    sort=["slug"],
    display={"parent": "title"},
)
