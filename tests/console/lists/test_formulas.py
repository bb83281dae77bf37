"""No file that the console writes holds what a spreadsheet runs, whoever writes it: Python, or COPY."""

import csv
import io
import unicodedata

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import Operation, Post, SecurityEvent
from backoffice.models.invisible import is_invisible

pytestmark = pytest.mark.every_database

BEFORE = [
    "",
    " ",
    "  ",
    "\t",
    "\r",
    "\n",
    "\ufeff",
    "\u200b",
    "\u3164",
    "\u115f",
    "\u2800",
    "\u034f",
    "\u202e ",
    "\u00a0",
    "\u3000",
    "\U000e0020",
    "\ufffc",
    "\U00016fe4",
    "\U0001d159",
    "\x01",
    "\x7f",
]
SIGNS = ["=1", "+1", "-1", "@x", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x", "\ufe661", "\u207a1"]
CELLS = [before + sign for before in BEFORE for sign in SIGNS]


def cells(client: FlaskClient, page: str) -> set[str]:
    answer = client.get(page)
    assert answer.status_code == 200
    lines = csv.reader(io.StringIO(answer.data.decode(), newline=""), strict=True)
    return {cell for row in lines for cell in row}


def looks_like_a_formula(cell: str) -> bool:
    seen = "".join(letter for letter in cell if not is_invisible(letter))
    return cell.startswith(("\t", "\r", "\n")) or unicodedata.normalize("NFKC", seen[:1]).startswith(
        tuple("=+-@")
    )


def write(page: str) -> None:
    for number, cell in enumerate(CELLS):
        if page.startswith("/admin/post/"):
            db.session.execute(insert(Post).values(body=cell))
        elif page.startswith("/admin/history/"):
            db.session.add(
                Operation(
                    kind="post:update",
                    actor_kind="person",
                    actor_name=cell,
                    table_name="post",
                    changed_rows=1,
                )
            )
        else:
            event = SecurityEvent(
                at=utcnow(), kind="sign-in:refused", name=cell, request_id=str(number), facts="{}"
            )
            db.session.add(event)
    db.session.commit()


@pytest.mark.parametrize(
    "page", ["/admin/post/export/csv/", "/admin/history/export/csv/", "/admin/security/export/csv/"]
)
def test_the_first_visible_character_decides_in_every_file(signed_in: FlaskClient, page: str) -> None:
    write(page)
    found = cells(signed_in, page)
    assert {f"'{cell}" for cell in CELLS} <= found
    assert not list(filter(looks_like_a_formula, found))
