"""What kinds of operations are called: what was done, or is being done, to something."""

from typing import NamedTuple

from flask_babel import lazy_gettext


class Words(NamedTuple):
    """What was done; what is being done, or was not to its end; and what both are called among others."""

    done: str
    doing: str
    name: str


def _words(done: str, name: str, doing: str | None = None) -> Words:
    """Only big work is ever seen while it is being done."""
    return Words(done, doing or done, name)


# By what follows the first colon of a kind, or the last one.
WORDS = {
    "create": _words(lazy_gettext("Created %(what)s"), lazy_gettext("Created")),
    "update": _words(lazy_gettext("Changed %(what)s"), lazy_gettext("Changed")),
    "edit": _words(
        lazy_gettext("Changed %(what)s"),
        lazy_gettext("Changed, many at once"),
        lazy_gettext("Changing %(what)s"),
    ),
    "delete": _words(
        lazy_gettext("Deleted %(what)s"), lazy_gettext("Deleted"), lazy_gettext("Deleting %(what)s")
    ),
    "undo": _words(lazy_gettext("Undid: %(what)s"), lazy_gettext("Undid"), lazy_gettext("Undoing: %(what)s")),
    "put_back": _words(
        lazy_gettext("Put back %(what)s"),
        lazy_gettext("Put back a past version"),
        lazy_gettext("Putting back %(what)s"),
    ),
    "grant": _words(lazy_gettext("Gave access to %(what)s"), lazy_gettext("Gave access")),
    "revoke": _words(lazy_gettext("Took access from %(what)s"), lazy_gettext("Took access away")),
    "disable": _words(lazy_gettext("Disabled %(what)s"), lazy_gettext("Disabled")),
    "enable": _words(lazy_gettext("Enabled %(what)s"), lazy_gettext("Enabled")),
    "role": _words(lazy_gettext("Changed the role of %(what)s"), lazy_gettext("Changed a role")),
    "end_sessions": _words(lazy_gettext("Ended sessions of %(what)s"), lazy_gettext("Ended sessions")),
    "password:change": _words(lazy_gettext("Set a password: %(what)s"), lazy_gettext("Set a password")),
    "password:renew": _words(
        lazy_gettext("Stored a password more safely: %(what)s"), lazy_gettext("Stored a password more safely")
    ),
    "second-factor:add": _words(
        lazy_gettext("Set up an authenticator app: %(what)s"), lazy_gettext("Set up an authenticator app")
    ),
    "second-factor:remove": _words(
        lazy_gettext("Removed an authenticator app: %(what)s"), lazy_gettext("Removed an authenticator app")
    ),
    "second-factor:reset": _words(
        lazy_gettext("Reset the second factor: %(what)s"), lazy_gettext("Reset a second factor")
    ),
    "passkey:add": _words(lazy_gettext("Added a passkey: %(what)s"), lazy_gettext("Added a passkey")),
    "passkey:remove": _words(lazy_gettext("Removed a passkey: %(what)s"), lazy_gettext("Removed a passkey")),
    "recovery-codes:make": _words(
        lazy_gettext("Made recovery codes: %(what)s"), lazy_gettext("Made recovery codes")
    ),
    "seed": _words(lazy_gettext("Added sample data: %(what)s"), lazy_gettext("Added sample data")),
    "orm": _words(lazy_gettext("Changed %(what)s"), lazy_gettext("Changed by a program")),
    "purge": _words(
        lazy_gettext("Forgot old history: %(what)s"),
        lazy_gettext("Forgot old history"),
        lazy_gettext("Forgetting old history: %(what)s"),
    ),
    "forget": _words(lazy_gettext("Removed %(what)s from history"), lazy_gettext("Removed from history")),
}


def verb_of(kind: str) -> str | None:
    """Which of WORDS say it: those for the whole of what follows the table, or for its last part."""
    after_table = kind.partition(":")[2] or kind
    return next((verb for verb in (after_table, kind.rpartition(":")[2]) if verb in WORDS), None)
