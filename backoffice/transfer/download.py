"""A file on its way to a browser, which takes as long as the browser does."""

import weakref
from collections.abc import Generator, Iterator

from flask_babel import gettext as _

from backoffice.exceptions import Busy
from backoffice.threads import half_of_threads


class Download(Iterator[bytes]):
    """The pieces of a file, with the turn of the thread that sends them; `close` gives it back.

    Raises Busy where half of the threads of the process are at files already.
    """

    def __init__(self, pieces: Generator[bytes]) -> None:
        turns = half_of_threads("downloads")
        if not turns.acquire(blocking=False):
            raise Busy(_("Many files are being downloaded right now. Please try again in a moment."))
        self._pieces = pieces
        # Once, by `close`, or else where nobody knows of the file any more.
        self._give_back = weakref.finalize(self, turns.release)

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Stop making the file, however much of it is made."""
        self._pieces.close()
        self._give_back()
