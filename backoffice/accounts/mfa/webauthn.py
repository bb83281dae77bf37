"""Passkeys (WebAuthn): registering one, and verifying what one has signed.

A passkey belongs to a host name: it signs for no other, whatever page asks. A passwordless one has to verify
the person too, by a PIN or a finger; beside a password it need not.
"""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from backoffice.accounts.mfa.one_time_challenges import consume, new_challenge, verified_challenge
from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.models import Passkey

if TYPE_CHECKING:
    from webauthn.helpers.structs import AuthenticationCredential, PublicKeyCredentialDescriptor

log = logging.getLogger(__name__)

RELYING_PARTY_NAME = "Backoffice"
LONGEST_RESPONSE = 20_000
LONGEST_ID, LONGEST_KEY, LONGEST_TRANSPORTS = 1023, 4096, 100


@dataclass(frozen=True)
class RelyingParty:
    """The site of a page, by host name and origin, and what tells the browser that shows it from others."""

    host: str
    origin: str
    browser: str


@dataclass(frozen=True)
class PasskeyRequest:
    """What a page asks a browser for, as JSON, and the signed challenge that it sends back."""

    options: str
    challenge: str


@dataclass(frozen=True)
class PasskeyResponse:
    """What a browser responds, as JSON, and the challenge that comes back with it."""

    text: str
    challenge: str


@dataclass(frozen=True)
class NewPasskey:
    """A passkey that a browser has made, verified and not stored yet."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: str | None
    user_handle: str


def passkeys_of(administrator_id: int) -> list[Passkey]:
    """The passkeys of an administrator, in the order in which they were added."""
    own = select(Passkey).where(Passkey.administrator_id == administrator_id).order_by(Passkey.id)
    return list(db.session.scalars(own))


def registration_request(administrator_id: int, username: str, rp: RelyingParty) -> PasskeyRequest:
    """Ask for a new passkey, which is none that the administrator has already."""
    import webauthn
    from webauthn.helpers import structs

    own = passkeys_of(administrator_id)
    handle = own[0].user_handle if own else secrets.token_hex(32)
    challenge = new_challenge(f"new passkey of {administrator_id}, {handle}", rp.browser)
    options = webauthn.generate_registration_options(
        rp_id=rp.host,
        rp_name=RELYING_PARTY_NAME,
        user_name=username,
        user_id=bytes.fromhex(handle),
        challenge=challenge.value.encode(),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(own),
    )
    return PasskeyRequest(webauthn.options_to_json(options), f"{handle}.{challenge.signed}")


def verify_registration(
    administrator_id: int, response: PasskeyResponse, rp: RelyingParty
) -> NewPasskey | None:
    """The new passkey in a response to `registration_request`, once; None where it is none. Raises Busy."""
    handle, _, signed = response.challenge.partition(".")
    value = verified_challenge(signed, f"new passkey of {administrator_id}, {handle}", rp.browser)
    made = _verified_credential(response, value, rp, handle) if value else None
    if made is None or value is None or not _consume(value):
        return None
    return made


def _verified_credential(
    response: PasskeyResponse, value: str, rp: RelyingParty, handle: str
) -> NewPasskey | None:
    import webauthn
    from webauthn.helpers import parse_registration_credential_json

    try:
        credential = parse_registration_credential_json(response.text[:LONGEST_RESPONSE])
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=value.encode(),
            expected_rp_id=rp.host,
            expected_origin=rp.origin,
            require_user_verification=True,
        )
    except Exception as error:  # noqa: BLE001 - whatever it stumbles over, this is no passkey
        _log_refusal(error)
        return None
    if len(verified.credential_id) > LONGEST_ID or len(verified.credential_public_key) > LONGEST_KEY:
        return None
    transports = ",".join(one.value for one in credential.response.transports or [])
    return NewPasskey(
        verified.credential_id,
        verified.credential_public_key,
        verified.sign_count,
        transports if 0 < len(transports) <= LONGEST_TRANSPORTS else None,
        handle,
    )


def store(administrator_id: int, new: NewPasskey, name: str) -> Passkey:
    """Store a new passkey, in the transaction of the caller. Raises IntegrityError where it is known."""
    passkey = Passkey(
        administrator_id=administrator_id,
        credential_id=new.credential_id,
        credential_digest=_digest(new.credential_id),
        public_key=new.public_key,
        sign_count=new.sign_count,
        user_handle=new.user_handle,
        transports=new.transports,
        name=name,
    )
    db.session.add(passkey)
    db.session.flush()
    return passkey


def authentication_request(
    rp: RelyingParty, administrator_id: int | None, *, passwordless: bool
) -> PasskeyRequest:
    """Ask for a passkey of this administrator, or of anybody: then nobody learns who has one.

    `passwordless` says that it stands for a password too, and so has to verify the person.
    """
    import webauthn
    from webauthn.helpers import structs

    challenge = new_challenge(_purpose(administrator_id, passwordless), rp.browser)
    verification = structs.UserVerificationRequirement
    options = webauthn.generate_authentication_options(
        rp_id=rp.host,
        challenge=challenge.value.encode(),
        allow_credentials=_descriptors(passkeys_of(administrator_id)) if administrator_id else [],
        user_verification=verification.REQUIRED if passwordless else verification.PREFERRED,
    )
    return PasskeyRequest(webauthn.options_to_json(options), challenge.signed)


def verify_authentication(
    response: PasskeyResponse,
    rp: RelyingParty,
    administrator_id: int | None,
    *,
    passwordless: bool,
) -> int | None:
    """Whose passkey responded to an `authentication_request`, once; None where none did. Raises Busy."""
    value = verified_challenge(response.challenge, _purpose(administrator_id, passwordless), rp.browser)
    credential = _parsed(response)
    passkey = _find(credential.raw_id) if credential else None
    if value is None or credential is None or passkey is None:
        return None
    if administrator_id not in (None, passkey.administrator_id):
        return None
    if not _is_theirs(credential, passkey, is_named=administrator_id is not None):
        return None
    key, owner = passkey.id, passkey.administrator_id
    count = _verified_count(credential, value, rp, passkey, passwordless=passwordless)
    return owner if count is not None and _consume(value, key, count) else None


def _purpose(administrator_id: int | None, passwordless: bool) -> str:
    whose = "anybody" if administrator_id is None else administrator_id
    return f"passkey of {whose} {'instead of' if passwordless else 'beside'} a password"


def _parsed(response: PasskeyResponse) -> "AuthenticationCredential | None":
    from webauthn.helpers import parse_authentication_credential_json

    try:
        return parse_authentication_credential_json(response.text[:LONGEST_RESPONSE])
    except Exception as error:  # noqa: BLE001 - whatever it stumbles over, this is no response
        _log_refusal(error)
        return None


def _find(credential_id: bytes) -> Passkey | None:
    return db.session.scalar(select(Passkey).where(Passkey.credential_digest == _digest(credential_id)))


def _is_theirs(credential: "AuthenticationCredential", passkey: Passkey, *, is_named: bool) -> bool:
    """Whether the device says that it is the administrator's; where nobody was named before, it has to."""
    handle = credential.response.user_handle
    return handle == bytes.fromhex(passkey.user_handle) if handle or not is_named else True


def _verified_count(
    credential: "AuthenticationCredential",
    value: str,
    rp: RelyingParty,
    passkey: Passkey,
    *,
    passwordless: bool,
) -> int | None:
    """How often it was used by its own account; None where the signature is not what it should be.

    Nor where that number does not grow: somebody has a copy of it.
    """
    import webauthn

    try:
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=value.encode(),
            expected_rp_id=rp.host,
            expected_origin=rp.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=passwordless,
        )
    except Exception as error:  # noqa: BLE001 - whatever it stumbles over, this verifies nothing
        _log_refusal(error)
        return None
    return verified.new_sign_count


def _consume(value: str, passkey_id: int | None = None, count: int = 0) -> bool:
    """Consume the challenge, and record the use of the passkey; False where somebody was faster."""
    using = update(Passkey).where(Passkey.id == passkey_id, Passkey.sign_count <= count)
    using = using.values(sign_count=count, last_used_at=utcnow())
    try:
        with transaction(db.session):
            consume(value)
            return passkey_id is None or bool(db.session.connection().execute(using).rowcount)
    except IntegrityError:
        return False


def rename(administrator_id: int, passkey_id: int, name: str) -> bool:
    """Rename a passkey; False where they have no such. Raises Busy."""
    own = update(Passkey).where(Passkey.id == passkey_id, Passkey.administrator_id == administrator_id)
    with transaction(db.session):
        return bool(db.session.connection().execute(own.values(name=name)).rowcount)


def remove(administrator_id: int, passkey_id: int | None = None) -> int:
    """Remove one of their passkeys, or all, in the transaction of the caller; returns how many."""
    own = [Passkey.administrator_id == administrator_id]
    which = own if passkey_id is None else [*own, Passkey.id == passkey_id]
    return db.session.connection().execute(delete(Passkey).where(*which)).rowcount


def count_passkeys(administrator_id: int) -> int:
    """How many passkeys an administrator has."""
    own = select(func.count()).select_from(Passkey).where(Passkey.administrator_id == administrator_id)
    return db.session.scalar(own) or 0


def _descriptors(passkeys: list[Passkey]) -> "list[PublicKeyCredentialDescriptor]":
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
    log.info("refused the response of a passkey: %s %.200r", type(error).__name__, str(error))


def _digest(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()
