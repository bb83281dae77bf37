"""What an address asks for that is not understood."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """A name and a text in an address, and why they are not understood: then no row is shown, nor acted on.

    `meant` is the name and the text that were meant, as far as one can guess.
    """

    argument: str
    text: str
    error: str
    meant: tuple[str, str] | None = None
