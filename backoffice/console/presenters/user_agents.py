"""Which browser it was, in words, by what it says of itself: a hint for people, and nothing to rely on."""

from flask_babel import gettext as _

# The first of these that is in it: most of them say that they are the later ones too.
BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
LONGEST = 60


def browser_label(user_agent: str | None) -> str:
    """`Firefox on Linux`; of what is not known, the beginning of what it says."""
    if not user_agent:
        return str(_("Unknown browser"))
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser is None or system is None:
        return user_agent if len(user_agent) <= LONGEST else f"{user_agent[:LONGEST]}…"
    return str(_("%(browser)s on %(system)s", browser=browser, system=system))


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for sign, name in names if sign in user_agent), None)
