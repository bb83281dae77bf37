"""Passkeys (WebAuthn): making one, and checking what one has signed.

A passkey belongs to a host name: it signs for no other, whatever page asks. One that is used instead of a
password has to have made sure of the person too, by a PIN or a finger; beside a password it need not.
"""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from backoffice.accounts.mfa.one_time_challenges import challenge_in, new_challenge, use_up
from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.models import Passkey

log = logging.getLogger(__name__)

SITE_NAME = "Backoffice"
LONGEST_ANSWER = 20_000
LONGEST_ID, LONGEST_KEY, LONGEST_TRANSPORTS = 1023, 4096, 100


@dataclass(frozen=True)
class Site:
    """Where a page is, by host name and by origin, and what tells the browser that shows it from others."""

    host: str
    origin: str
    browser: str


@dataclass(frozen=True)
class Asked:
    """What a page asks a browser for, as JSON, and the signed challenge that it sends back."""

    options: str
    challenge: str


@dataclass(frozen=True)
class Answer:
    """What a browser answered, as JSON, and the challenge that came back with it."""

    text: str
    challenge: str


@dataclass(frozen=True)
class Made:
    """A passkey that a browser has made for us."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: str | None
    user_handle: str


def passkeys_of(administrator_id: int) -> list[Passkey]:
    """The passkeys of an administrator, in the order in which they were added."""
    own = select(Passkey).where(Passkey.administrator_id == administrator_id).order_by(Passkey.id)
    return list(db.session.scalars(own))


def ask_for_new(administrator_id: int, username: str, site: Site) -> Asked:
    """Ask for a new passkey, which is none that the administrator has already."""
    import webauthn
    from webauthn.helpers import structs

    own = passkeys_of(administrator_id)
    handle = own[0].user_handle if own else secrets.token_hex(32)
    challenge = new_challenge(f"new passkey of {administrator_id}, {handle}", site.browser)
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=SITE_NAME,
        user_name=username,
        user_id=bytes.fromhex(handle),
        challenge=challenge.value.encode(),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(own),
    )
    return Asked(webauthn.options_to_json(options), f"{handle}.{challenge.signed}")


def take_new(administrator_id: int, answer: Answer, site: Site) -> Made | None:
    """The new passkey that a browser answered with; None where it is not what was asked for. Raises Busy."""
    handle, _, signed = answer.challenge.partition(".")
    value = challenge_in(signed, f"new passkey of {administrator_id}, {handle}", site.browser)
    made = _verified_new(answer, value, site, handle) if value else None
    if made is None or value is None or not _use_up(value):
        return None
    return made


def _verified_new(answer: Answer, value: str, site: Site, handle: str) -> Made | None:
    import webauthn
    from webauthn.helpers import parse_registration_credential_json

    try:
        credential = parse_registration_credential_json(answer.text[:LONGEST_ANSWER])
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=value.encode(),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:  # noqa: BLE001 - whatever it stumbles over, this is no passkey
        _log_refusal(error)
        return None
    if len(verified.credential_id) > LONGEST_ID or len(verified.credential_public_key) > LONGEST_KEY:
        return None
    transports = ",".join(one.value for one in credential.response.transports or [])
    return Made(
        verified.credential_id,
        verified.credential_public_key,
        verified.sign_count,
        transports if 0 < len(transports) <= LONGEST_TRANSPORTS else None,
        handle,
    )


def keep(administrator_id: int, made: Made, name: str) -> Passkey:
    """Keep a new passkey, in the transaction of the caller. Raises IntegrityError where it is known."""
    passkey = Passkey(
        administrator_id=administrator_id,
        credential_id=made.credential_id,
        credential_digest=_digest(made.credential_id),
        public_key=made.public_key,
        sign_count=made.sign_count,
        user_handle=made.user_handle,
        transports=made.transports,
        name=name,
    )
    db.session.add(passkey)
    db.session.flush()
    return passkey


def ask_for(site: Site, administrator_id: int | None, *, alone: bool) -> Asked:
    """Ask for a passkey of this administrator, or of anybody: then nobody learns who has one.

    `alone` says that it stands for a password too, and so has to make sure of the person.
    """
    import webauthn
    from webauthn.helpers import structs

    challenge = new_challenge(_purpose(administrator_id, alone), site.browser)
    verification = structs.UserVerificationRequirement
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge.value.encode(),
        allow_credentials=_descriptors(passkeys_of(administrator_id)) if administrator_id else [],
        user_verification=verification.REQUIRED if alone else verification.PREFERRED,
    )
    return Asked(webauthn.options_to_json(options), challenge.signed)


def take(answer: Answer, site: Site, administrator_id: int | None, *, alone: bool) -> int | None:
    """Whose passkey answered what `ask_for` asked, once; None where it is not good for that. Raises Busy."""
    value = challenge_in(answer.challenge, _purpose(administrator_id, alone), site.browser)
    credential = _parsed(answer)
    passkey = _called(credential.raw_id) if credential else None
    if value is None or passkey is None or administrator_id not in (None, passkey.administrator_id):
        return None
    if not _is_theirs(credential, passkey, is_named=administrator_id is not None):
        return None
    key, owner = passkey.id, passkey.administrator_id
    count = _verified_count(credential, value, site, passkey, alone=alone)
    return owner if count is not None and _use_up(value, key, count) else None


def _purpose(administrator_id: int | None, alone: bool) -> str:
    whose = "anybody" if administrator_id is None else administrator_id
    return f"passkey of {whose} {'instead of' if alone else 'beside'} a password"


def _parsed(answer: Answer) -> Any:
    from webauthn.helpers import parse_authentication_credential_json

    try:
        return parse_authentication_credential_json(answer.text[:LONGEST_ANSWER])
    except Exception as error:  # noqa: BLE001 - whatever it stumbles over, this is no answer
        _log_refusal(error)
        return None


def _called(credential_id: bytes) -> Passkey | None:
    return db.session.scalar(select(Passkey).where(Passkey.credential_digest == _digest(credential_id)))


def _is_theirs(credential: Any, passkey: Passkey, *, is_named: bool) -> bool:
    """Whether the device says that it is the administrator's; where nobody was named before, it has to."""
    handle = credential.response.user_handle
    return handle == bytes.fromhex(passkey.user_handle) if handle or not is_named else True


def _verified_count(credential: Any, value: str, site: Site, passkey: Passkey, *, alone: bool) -> int | None:
    """How often it was used by its own account; None where the signature is not what it should be.

    Nor where that number does not grow: somebody has a copy of it.
    """
    import webauthn

    try:
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=value.encode(),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=alone,
        )
    except Exception as error:  # noqa: BLE001 - whatever it stumbles over, this verifies nothing
        _log_refusal(error)
        return None
    return verified.new_sign_count


def _use_up(value: str, passkey_id: int | None = None, count: int = 0) -> bool:
    """Use the challenge up, and note that the passkey was used; False where somebody was faster."""
    using = update(Passkey).where(Passkey.id == passkey_id, Passkey.sign_count <= count)
    using = using.values(sign_count=count, last_used_at=utcnow())
    try:
        with transaction(db.session):
            use_up(value)
            return passkey_id is None or bool(db.session.connection().execute(using).rowcount)
    except IntegrityError:
        return False


def rename(administrator_id: int, passkey_id: int, name: str) -> bool:
    """Call a passkey otherwise; False where they have no such. Raises Busy."""
    own = update(Passkey).where(Passkey.id == passkey_id, Passkey.administrator_id == administrator_id)
    with transaction(db.session):
        return bool(db.session.connection().execute(own.values(name=name)).rowcount)


def remove(administrator_id: int, passkey_id: int | None = None) -> int:
    """Forget one of their passkeys, or all, in the transaction of the caller; gives how many that were."""
    own = [Passkey.administrator_id == administrator_id]
    which = own if passkey_id is None else [*own, Passkey.id == passkey_id]
    return db.session.connection().execute(delete(Passkey).where(*which)).rowcount


def how_many(administrator_id: int) -> int:
    """How many passkeys an administrator has."""
    own = select(func.count()).select_from(Passkey).where(Passkey.administrator_id == administrator_id)
    return db.session.scalar(own) or 0


def _descriptors(passkeys: list[Passkey]) -> list[Any]:
    from webauthn.helpers import structs

    known = {one.value: one for one in structs.AuthenticatorTransport}
    return [
        structs.PublicKeyCredentialDescriptor(
            id=passkey.credential_id,
            transports=[known[name] for name in (passkey.transports or "").split(",") if name in known]
            or None,
        )
        for passkey in passkeys
    ]


def _log_refusal(error: Exception) -> None:
    log.info("refused the answer of a passkey: %s %.200r", type(error).__name__, str(error))


def _digest(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()
