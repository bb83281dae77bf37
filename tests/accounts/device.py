"""A device that holds passkeys, made of a key and a counter: what a browser asks it for, it answers."""

import hashlib
import html
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from webauthn import base64url_to_bytes
from webauthn.helpers import bytes_to_base64url as text_of

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One passkey; what it says of where it is, of the person and of the counter can be made wrong."""

    origin: str = "http://localhost"
    host: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    handle: str = ""
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> str:
        """The answer to somebody who asks for a new passkey."""
        self.handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        length = len(self.credential_id).to_bytes(2, "big")
        attested = bytes(16) + length + self.credential_id + cbor2.dumps(key)
        data = self._data(ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._said("webauthn.create", options["challenge"])
        return self._answer(clientDataJSON=said, attestationObject=attestation)

    def use(self, options: dict[str, Any]) -> str:
        """The answer to somebody who asks for a passkey."""
        self.count += 1
        data, said = self._data(), self._said("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        handle = base64url_to_bytes(self.handle)
        return self._answer(
            clientDataJSON=said, authenticatorData=data, signature=signature, userHandle=handle
        )

    def _data(self, flags: int = 0) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([self.flags | flags]) + self.count.to_bytes(4, "big")

    def _said(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, **response: bytes) -> str:
        texts = {name: text_of(part) for name, part in response.items()}
        key = text_of(self.credential_id)
        whole = {"id": key, "rawId": key, "type": "public-key", "response": texts}
        return json.dumps({**whole, "clientExtensionResults": {}})


@dataclass(frozen=True)
class Form:
    """A form that a passkey answers: what its page asks for, and what it sends beside the answer."""

    options: dict[str, Any]
    fields: dict[str, str]


def passkey_form(client: FlaskClient, address: str) -> Form:
    """The one on the page at this address."""
    page = client.get(address).text
    options = re.search(r'data-options="([^"]+)"', page)
    assert options, page
    before = page[: options.start()]
    challenge = re.findall(r'name="challenge" value="([^"]+)"', before)[-1]
    token = re.findall(r'name="csrf_token" value="([^"]+)"', before)[-1]
    return Form(json.loads(html.unescape(options[1])), {"csrf_token": token, "challenge": challenge})
