"""The names that the console answers to: a request that calls it by another goes no further.

So that a name which somebody made up gets into no address, and a page of another name that leads here
(DNS rebinding) gets nothing.
"""

import re

from flask import current_app, request
from flask_babel import gettext as _

from backoffice.console.refusals import Refused

# They hold nothing of anybody, and whoever watches over the process asks by any address that it has.
UNDER_ANY_NAME = ("health.healthz", "asset")
HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[a-f0-9:.]+\])(:[0-9]{1,5})?", re.ASCII)


def check_host() -> None:
    """Refuse a request to a name that is not ours."""
    if request.endpoint not in UNDER_ANY_NAME and not is_ours(request.headers.get("Host", "")):
        message = _(
            "The console does not answer to the name in this address. "
            "Whoever runs it says in the setting TRUSTED_HOSTS which names it has."
        )
        raise Refused(400, "host", message)


def is_ours(host: str) -> bool:
    """Whether `host`, with a port or without, is a name that the settings know."""
    found = HOST.fullmatch(host.lower())
    names: list[str] | None = current_app.config["HOST_NAMES"]
    if found is None or names is None:
        return found is not None
    name = found["name"].strip("[]")
    return name in names or any(name.endswith(end) for end in names if end.startswith("."))
