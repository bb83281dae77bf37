"""What is kept in the place of a token, a code or a name: nobody finds it by its digest."""

import hashlib


def digest(text: str) -> str:
    """The SHA-256 of a text, whatever somebody typed, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
