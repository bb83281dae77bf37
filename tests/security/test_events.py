"""Events: a row and one line of the log, which nobody can forge."""

import json
import logging

import pytest
from flask import Flask
from sqlalchemy import select

from backoffice.extensions import db
from backoffice.history import Actor, acting_as
from backoffice.models import SecurityEvent
from backoffice.security import record_event

pytestmark = pytest.mark.every_database

FORGED = 'susan"}\n{"kind": "sign-in:succeeded"\r\u2028\0\ud800' + "x" * 100


def test_an_event_is_one_line_and_one_row(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "backoffice.security")
    with acting_as(Actor("person", FORGED, None, "2001:db8::1", "r" * 32)):
        record_event("sign-in:refused", reason="password", wanted=FORGED)
    [line] = [record.getMessage() for record in caplog.records if record.name == "backoffice.security"]
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["facts"] == {"reason": "password", "wanted": FORGED}
    event = db.session.scalars(select(SecurityEvent)).one()
    assert (event.kind, event.address, event.request_id) == ("sign-in:refused", "2001:db8::1", "r" * 32)
    assert event.name is not None
    assert len(event.name) == 64
    assert json.loads(event.facts)["reason"] == "password"


def test_an_event_stays_when_the_transaction_is_taken_back(app: Flask) -> None:
    db.session.scalar(select(SecurityEvent.id))
    record_event("access:refused")
    db.session.rollback()
    assert db.session.scalars(select(SecurityEvent.kind)).all() == ["access:refused"]
