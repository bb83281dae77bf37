"""Enrolling and removing second factors: recorded without a secret, in history and the security log.

Whoever changes a factor goes on in the session they are in; all others of theirs end.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import lazyload

from backoffice.accounts.mfa import recovery_codes, totp, webauthn
from backoffice.accounts.mfa.totp import Enrolment
from backoffice.accounts.mfa.webauthn import NewPasskey
from backoffice.accounts.sessions import SignedInAdministrator, end_all_sessions, has_second_factor
from backoffice.clock import utcnow
from backoffice.exceptions import Conflict, NotFound
from backoffice.extensions import db
from backoffice.history import about_row, current_actor, operation
from backoffice.models import Administrator, Operation, folded
from backoffice.security import record_event

TABLE = Administrator.__tablename__
LONGEST_NAME = 64


def set_up_authenticator(person: SignedInAdministrator, enrolment: Enrolment, code: str) -> list[str] | None:
    """Enrol the app that shows this code; None where the code is wrong.

    Returns recovery codes to be shown now, where none are left of earlier ones.
    """
    step = totp.step_of(enrolment.secret, code, utcnow())
    if step is None:
        return None
    with _changing("second-factor:add", person) as grant:
        totp.store(grant.id, enrolment, step)
        codes = _first_codes(grant)
    record_event(
        "second-factor:added", administrator_id=person.id, name=person.username, factor="authenticator"
    )
    return _with_event(person, codes)


def remove_authenticator(person: SignedInAdministrator) -> None:
    """Remove the authenticator app. Raises Conflict where it is the last factor that is required."""
    with _changing("second-factor:remove", person) as grant:
        totp.remove(grant.id)
        _ensure_enough(grant)
    record_event(
        "second-factor:removed", administrator_id=person.id, name=person.username, factor="authenticator"
    )


def add_passkey(person: SignedInAdministrator, new: NewPasskey, name: str) -> list[str]:
    """Add a passkey; returns recovery codes to be shown now, where none are left of earlier ones."""
    try:
        with _changing("passkey:add", person) as grant:
            webauthn.store(grant.id, new, clean_name(name))
            codes = _first_codes(grant)
    except IntegrityError as error:
        raise Conflict(_("This passkey was added already.")) from error
    _record("passkey:added", person)
    return _with_event(person, codes)


def remove_passkey(person: SignedInAdministrator, passkey_id: int) -> None:
    """Remove a passkey. Raises NotFound, and Conflict where it is the last factor that is required."""
    with _changing("passkey:remove", person) as grant:
        if not webauthn.remove(grant.id, passkey_id):
            raise NotFound(_("This passkey is not there any more."))
        _ensure_enough(grant)
    _record("passkey:removed", person)


def rename_passkey(person: SignedInAdministrator, passkey_id: int, name: str) -> None:
    """Rename a passkey. Raises NotFound."""
    if not webauthn.rename(person.id, passkey_id, clean_name(name)):
        raise NotFound(_("This passkey is not there any more."))


def make_recovery_codes(person: SignedInAdministrator) -> list[str]:
    """Ten new recovery codes, to be shown now; the old ones are void. Raises Conflict without a factor."""
    with _changing("recovery-codes:make", person) as grant:
        if not has_second_factor(grant.id):
            raise Conflict(_("Please set up a second factor first: recovery codes stand in for one."))
        codes = recovery_codes.generate(grant.id)
    return _with_event(person, codes)


def reset(administrator_id: int, made_sure: str | None = None) -> None:
    """Take every second factor of another administrator away, and end all their sessions.

    `made_sure` is how whoever does it knows that it is them who asked for it. Raises NotFound, and Conflict
    for oneself.
    """
    with _recorded("second-factor:reset", administrator_id) as (op, grant):
        if grant.user_id == current_actor().id:
            raise Conflict(_("You cannot reset your own second factor. Another administrator can."))
        name = grant.username
        op.report = {"made_sure": made_sure} if made_sure else None
        remove_all_factors(grant.id)
        end_all_sessions(grant.id)
    record_event("second-factor:reset", administrator_id=administrator_id, name=name, made_sure=made_sure)


def remove_all_factors(administrator_id: int) -> None:
    """Remove all that a grant's second factor consists of, in the transaction of the caller."""
    totp.remove(administrator_id)
    webauthn.remove(administrator_id)
    recovery_codes.remove(administrator_id)


def clean_name(text: str) -> str:
    """The name of a passkey as it is stored."""
    return folded("".join(letter for letter in text if letter.isprintable()))[:LONGEST_NAME] or str(
        _("Passkey")
    )


@contextmanager
def _changing(verb: str, person: SignedInAdministrator) -> Iterator[Administrator]:
    with _recorded(verb, person.id) as (_op, grant):
        yield grant
        end_all_sessions(grant.id, except_id=person.session_id)


@contextmanager
def _recorded(verb: str, administrator_id: int) -> Iterator[tuple[Operation, Administrator]]:
    """One operation on a grant, for which others on it wait: what is left after each can be counted."""
    with operation(f"administrator:{verb}", table=TABLE, keep_empty=True) as op:
        locked = select(Administrator).where(Administrator.id == administrator_id)
        locked = locked.options(lazyload(Administrator.user)).with_for_update(key_share=True)
        grant = db.session.scalar(locked)
        if grant is None:
            raise NotFound(_("This administrator is not there any more."))
        op.facts = about_row(grant.id, grant.username)
        yield op, grant


def _first_codes(grant: Administrator) -> list[str]:
    return [] if recovery_codes.count_left(grant.id) else recovery_codes.generate(grant.id)


def _ensure_enough(grant: Administrator) -> None:
    """Let the last factor go only where none is required; recovery codes then stand in for nothing."""
    if has_second_factor(grant.id):
        return
    if grant.role in current_app.config["SECOND_FACTOR_ROLES"]:
        raise Conflict(
            _(
                "Your role requires a second factor, and this is your last one. "
                "Please set up another one first."
            )
        )
    recovery_codes.remove(grant.id)


def _with_event(person: SignedInAdministrator, codes: list[str]) -> list[str]:
    if codes:
        _record("recovery-codes:made", person)
    return codes


def _record(kind: str, person: SignedInAdministrator) -> None:
    record_event(kind, administrator_id=person.id, name=person.username)
