"""Where the console stands: the path under which browsers know it, and the rest of an address below it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from werkzeug.middleware.proxy_fix import ProxyFix

from backoffice.console.http.guards import HEALTH, MISPLACED
from config import is_plain_path

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


class Place(NamedTuple):
    """The path that the console stands under, the rest of the address, and why it is refused, if it is."""

    root: str
    path: str
    misplaced: str | None = None


class Mount:
    """WSGI middleware that gives `SCRIPT_NAME` and `PATH_INFO` their meaning, under any server.

    `root` is APPLICATION_ROOT, or empty where none is set: then the server's `SCRIPT_NAME` counts, or what a
    proxy that is believed said in its place.
    """

    def __init__(self, application: Application, root: str) -> None:
        self._application = application
        self._root = root

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        script, path = environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", "")
        place = self._place_below_root(script, path) if self._root else _place_by_prefix(script, path)
        environ["SCRIPT_NAME"], environ["PATH_INFO"], environ[MISPLACED] = place
        return self._application(environ, start_response)

    def _place_below_root(self, script: str, path: str) -> Place:
        """Proxies and servers that know the root take it away, and say so; others pass it on."""
        for whole in (path, script.removesuffix("/") + path):
            if f"{whole}/".startswith(f"{self._root}/"):
                return Place(self._root, whole.removeprefix(self._root))
        return Place(self._root, path, _unless_health(path, "root"))


def _place_by_prefix(script: str, path: str) -> Place:
    prefix = script.removesuffix("/")
    if not prefix or is_plain_path(prefix):
        return Place(prefix, path)
    return Place("", path, _unless_health(path, "prefix"))


def _unless_health(path: str, reason: str) -> str | None:
    """Whoever watches over the process asks it by any path."""
    return None if path in HEALTH else reason


def mounted(application: Application, config: Mapping[str, Any]) -> Application:
    """The application below its path, believing as many proxies as TRUSTED_PROXIES says."""
    below = Mount(application, config["APPLICATION_ROOT"].rstrip("/"))
    proxies = config["TRUSTED_PROXIES"]
    if not proxies:
        return below
    return ProxyFix(below, x_for=proxies, x_proto=proxies, x_host=proxies, x_prefix=proxies)


def seen_below(environ: Environ, config: Mapping[str, Any]) -> Environ:
    """A request as the application will see it, once it has come past proxies and path."""
    seen: Environ = {}

    def look(passed: Environ, _start_response: Any) -> list[bytes]:
        seen.update(passed)
        return []

    mounted(look, config)({**environ}, None)
    return seen
