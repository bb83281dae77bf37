"""The log that the events go to: one line of JSON each, on standard error where nothing else is set up."""

import logging
import sys

log = logging.getLogger("backoffice.security")


def open_log() -> None:
    """Have the lines come out, once, unless whoever runs the console has set up logging in their own way."""
    log.setLevel(logging.INFO)
    if not log.hasHandlers():
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        handler.addFilter(_is_for_the_log)
        log.addHandler(handler)


def _is_for_the_log(record: logging.LogRecord) -> bool:
    """Nobody who types a command at a terminal wants to read JSON; the event is in the table all the same."""
    return not (getattr(record, "by_command", False) and sys.stderr.isatty())
