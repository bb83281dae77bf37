"""What was sent with a form, as far as a page may hold it: so that it can be read, and sent again."""

from urllib.parse import urlsplit

from flask import g, request

from backoffice.console.http.safe_redirects import here, inside
from backoffice.console.http.submissions import TOKEN
from backoffice.console.http.text import VISIBLE_NUL

# What no page repeats: a form with one of these is filled in anew, and re-authenticates when opened.
SECRET = frozenset(
    {
        "password",
        "again",
        "current_password",
        "new_password",
        "new_password_again",
        "code",
        "secret",
        "answer",
    }
)
# The credentials of re-authentication, which are asked for anew.
REAUTHENTICATION = frozenset({"proof_password", "proof_code"})
# What each form is given anew, or once more.
OF_EVERY_FORM = frozenset({"csrf_token", TOKEN})
# What the console puts into its forms beside what is typed there begins with a sign or is one of these.
UNTYPED = frozenset({"csrf_token", "url", "id", "rowid", "challenge"})


def sent_again() -> list[tuple[str, str]] | None:
    """The fields with which the same can be sent again; None where nothing was sent, or where it cannot be.

    What came without a token of this session may be another site's, and what is secret is not repeated.
    """
    has_token = g.get("csrf_valid", False)  # says Flask-WTF, which looked at it before anything else
    if request.method != "POST" or not has_token or (SECRET | REAUTHENTICATION) & request.form.keys():
        return None
    return [(name, text) for name, text in request.form.items(multi=True) if name not in OF_EVERY_FORM]


def typed() -> list[tuple[str, str]]:
    """What a person typed into the form that was sent, by the names of its fields."""
    hidden = SECRET | REAUTHENTICATION | UNTYPED
    return [
        (name, text.replace("\0", VISIBLE_NUL))
        for name, text in request.form.items(multi=True)
        if text.strip() and name not in hidden and not name.startswith("_")
    ]


def page_of_form() -> str | None:
    """The page that was asked for, or that holds the form which was sent, if one can go there by a link."""
    methods = request.url_rule.methods if request.url_rule else None
    if methods and "GET" in methods:
        return inside(here())
    return inside(urlsplit(request.referrer or "").path)
