"""What to call the browser that a request came from, as far as it says what it is."""

# The first that is found counts: most of them claim to be others too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
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
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str | None) -> str:
    """A name such as "Firefox, Windows"; empty where nothing is known."""
    found = (
        next((name for mark, name in marks if mark in (user_agent or "")), None)
        for marks in (BROWSERS, SYSTEMS)
    )
    return ", ".join(filter(None, found))
