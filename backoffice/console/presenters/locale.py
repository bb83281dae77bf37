"""Who reads the page, as far as its words and times go: in which language, on whose clocks."""

from pathlib import Path

from flask import has_request_context, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from backoffice.console.http import cookie
from backoffice.zones import UNIVERSAL, Zone, find_zone

TRANSLATIONS = Path(__file__).parents[2] / "translations"
ENGLISH = "en"
# The language that the texts are written in, and those that they are translated to.
LANGUAGES = (ENGLISH, *sorted(path.parts[-3] for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.mo")))
# The cookie in which layout/zone.js says what the browser knows.
ZONE_COOKIE = "zone"


def language() -> str:
    """The language that was chosen, or else the one that the browser likes best."""
    chosen = _chosen("language")
    return chosen if chosen in LANGUAGES else language_of_browser()


def language_of_browser() -> str:
    """The language that the browser likes best among those that there are."""
    if not has_request_context():
        return ENGLISH
    by_tag = {language.replace("_", "-"): language for language in LANGUAGES}
    return by_tag[request.accept_languages.best_match(by_tag, ENGLISH)]


def zone() -> Zone:
    """The time zone that was chosen, or else the browser's, or else UTC."""
    return find_zone(_chosen("time_zone")) or zone_of_browser() or Zone(UNIVERSAL)


def zone_of_browser() -> Zone | None:
    """The time zone that the browser says it is in, if it says one that there is."""
    return find_zone(cookie(ZONE_COOKIE)) if has_request_context() else None


def _chosen(preference: str) -> str | None:
    """What the person who is signed in chose, if there is one and the database can say who it is."""
    if not has_request_context():
        return None
    try:
        chosen: str | None = getattr(current_user, preference, None)
        return chosen
    except SQLAlchemyError:  # the page that says so has words, too
        return None
