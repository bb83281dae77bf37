"""The icons: one sprite that holds those we use, cut from the set that Bootstrap-Flask brings."""

import re
from functools import cache, lru_cache
from importlib.resources import files

from markupsafe import Markup

SET = files("flask_bootstrap") / "static" / "bootstrap5" / "icons" / "bootstrap-icons.svg"
SYMBOL = re.compile(r'<symbol [^>]*?viewBox="([^"]+)" id="([^"]+)">(.*?)</symbol>', re.DOTALL)
NAMES = (
    "arrow-counterclockwise",
    "arrow-down",
    "arrow-left",
    "arrow-up",
    "box-arrow-right",
    "chat-left-text",
    "check-circle",
    "chevron-double-left",
    "chevron-double-right",
    "chevron-left",
    "chevron-right",
    "clock-history",
    "download",
    "exclamation-circle",
    "exclamation-triangle",
    "eye",
    "grid",
    "hourglass-split",
    "inbox",
    "info-circle",
    "key",
    "keyboard",
    "list",
    "pencil",
    "pc-display",
    "people",
    "person-badge",
    "person-circle",
    "play",
    "plus-lg",
    "search",
    "shield-check",
    "stop-circle",
    "table",
    "three-dots",
    "trash",
    "x-lg",
)


@cache
def sprite() -> bytes:
    """The sprite as an SVG file. Raises KeyError for a name that the set does not have."""
    drawings = {name: (box, drawing) for box, name, drawing in SYMBOL.findall(SET.read_text("utf-8"))}
    symbols = (_symbol(name, *drawings[name]) for name in NAMES)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'.encode()


# A proxy that passes on whatever a client says of the path may bring as many addresses as it likes.
@lru_cache(maxsize=1_000)
def drawing(sprite_address: str, name: str) -> Markup:
    """The icon `name`, silent to screen readers: the words beside it speak.

    Raises KeyError for a name that is not among `NAMES`.
    """
    if name not in NAMES:
        raise KeyError(name)
    return Markup(
        '<svg class="icon" width="16" height="16" aria-hidden="true"><use href="{}#{}"/></svg>'
    ).format(sprite_address, name)


def _symbol(name: str, box: str, drawing: str) -> str:
    return f'<symbol id="{name}" viewBox="{box}">{drawing}</symbol>'
