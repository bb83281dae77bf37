"""`manage.py history`: what it says, and how it ends."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import text

from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import Post, User
from tests.history.conftest import tamper
from tests.managing import manage, refused, succeed

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


def test_what_is_sealed_is_verified(susan: User) -> None:
    assert "Nothing is sealed yet" in refused("history", "head")
    assert succeed("history", "verify").startswith("1 operation of the last day is not sealed yet")
    assert succeed("history", "seal") == "Sealed 1 operation.\n"
    assert succeed("history", "seal") == "Sealed 0 operations.\n"
    assert "Operations: 1, changes: 2," in succeed("history", "verify")


def test_what_was_altered_is_named(susan: User) -> None:
    succeed("history", "seal")
    tamper("UPDATE backoffice_operation SET actor_name = 'bob'")
    assert "Error: Operation 1 was altered" in refused("history", "verify")


def test_a_lost_key_is_no_tampering(susan: User) -> None:
    succeed("history", "seal")
    current_app.config["HISTORY_SEAL_KEYS"] = ["another"]
    assert "Add the earlier key to HISTORY_SEAL_KEY_FALLBACKS" in refused("history", "verify")


def test_heads_that_were_kept_are_compared(susan: User, tmp_path: Path) -> None:
    succeed("history", "seal")
    heads = tmp_path / "heads"
    heads.write_text(succeed("history", "head"))
    assert json.loads(heads.read_text())["position"] == 1
    with heads.open("a") as file:
        susan.email = "other@example.com"
        db.session.commit()
        succeed("history", "seal")
        file.write(succeed("history", "head"))
    succeed("history", "verify", "--head", str(heads))
    for table, column in (("seal", "operation_id"), ("operation", "id"), ("change", "operation_id")):
        tamper(f"DELETE FROM backoffice_{table} WHERE {column} = 2")
    succeed("history", "verify")
    assert "The chain was cut short" in refused("history", "verify", "--head", str(heads))


@pytest.mark.parametrize("content", ["", "{}", "[1]", "nonsense", '{"position": "x"}'])
def test_a_file_without_heads_is_refused(susan: User, tmp_path: Path, content: str) -> None:
    file = tmp_path / "heads"
    file.write_text(content)
    assert "heads" in refused("history", "verify", "--head", str(file))


def grow_old() -> None:
    """Let everything there is have ended a hundred days ago."""
    long_ago = utcnow() - timedelta(days=100)
    tamper("UPDATE backoffice_operation SET finished_at = :at", at=long_ago)


def test_a_purge_says_what_it_would_forget_and_what_it_forgot(susan: User) -> None:
    grow_old()
    assert succeed("history", "purge", "--older-than", "101d").startswith("There is nothing to forget")
    assert succeed("history", "purge", "--older-than", "14w", "--dry-run") == (
        "Would forget 1 operation with 2 changes.\n"
    )
    assert succeed("history", "purge", "--older-than", "90d") == "Forgot 2 changes, as operation 2.\n"
    assert "Operations: 2, changes: 0," in succeed("history", "verify")
    assert succeed("history", "purge", "--older-than", "90d").startswith("There is nothing to forget")


@pytest.mark.parametrize("age", ["", "90", "d", "0d", "-1d", "3m", "1e3d", "999999d"])
def test_an_age_is_understood_or_refused(susan: User, age: str) -> None:
    assert "such as 90d" in refused("history", "purge", "--older-than", age)


def test_a_person_is_forgotten_after_a_question(susan: User) -> None:
    db.session.add(Post(body="hello", user_id=susan.id))
    db.session.commit()
    asked = manage("history", "forget", "user", str(susan.id), answer="n\n")
    assert asked.exit_code == 1
    assert "1 row of post referred to it, and stays in the history. With --with post" in asked.output
    assert "susan@example.com" in recorded()
    told = succeed("history", "forget", "user", str(susan.id), "--with", "post", "--yes")
    assert told == "Forgot 3 changes, as operation 3.\n"
    assert "susan@example.com" not in recorded()
    assert "Operations: 3, changes: 3," in succeed("history", "verify")


def recorded() -> str:
    db.session.rollback()
    return str(db.session.execute(text("SELECT * FROM backoffice_change")).all())


def test_what_history_knows_nothing_of_is_refused(susan: User) -> None:
    assert "holds nothing of user 99" in refused("history", "forget", "user", "99", "--yes")
    assert "There is no table users" in refused("history", "forget", "users", "1", "--yes")
