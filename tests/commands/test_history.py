"""`manage.py history`: what it says, and how it ends."""

import json
from pathlib import Path

import pytest
from flask import current_app

from backoffice.extensions import db
from backoffice.models import User
from tests.history.conftest import tamper
from tests.managing import refused, succeed

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
