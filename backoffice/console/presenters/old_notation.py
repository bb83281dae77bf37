"""Reading the words that operations had before there were facts: the same facts, as far as they can be read.

They were in English, whoever acted, but for what was put back from the trash:

    post hello                                              one row
    11033 posts                                             rows that were ticked
    11033 posts (timestamp_before=2025-06-01, search=cat)   those of a list; "(all)" where nothing was asked
    Deleted 11033 posts (...)                               what was undone
"""

import re
from collections.abc import Collection
from functools import cache

from flask_babel import force_locale, lazy_gettext

from backoffice.console.presenters.locale import ENGLISH, LANGUAGES
from backoffice.console.presenters.operation_verbs import WORDS
from backoffice.history import Facts, about_list, about_row, about_rows
from backoffice.models import Administrator, RowFacts, User
from backoffice.registry import TableView, registry

COUNTED = re.compile(r"(\d[\d.,\s]*) (.+?)(?: \((.*)\))?", re.DOTALL)
NAMELESS = re.compile(r"(\d[\d.,\s]*) rows?(?: \((.*)\))?")
SEEDED = re.compile(r"(\d+) users, (\d+) posts")
NUMBERED = re.compile(r"#(\S+)")
UNTIL = lazy_gettext("what ended before %(day)s")
WITH_LINK = ", with a link from "
SEARCH = "search"


def read(kind: str, table: str | None, text: str) -> Facts:
    """The facts in the words of an operation of this kind; `words` where they are of no such form."""
    return _read(kind, table, text) or {"words": text}


def _read(kind: str, table: str | None, text: str) -> Facts | None:
    match kind.rpartition(":")[2], table:
        case "undo", _:
            return _undoing(table, text) or _rows(table, text)
        case "seed", _:
            found = SEEDED.fullmatch(text)
            return {"added": {"user": int(found[1]), "post": int(found[2])}} if found else None
        case "purge", _:
            return _purging(text)
        case "forget", str():
            return about_row(text.removeprefix(f"{table} "), None) if text.startswith(f"{table} ") else None
        case "change" | "renew", _:
            return _password(text) or _rows(table, text)
        case _, Administrator.__tablename__:
            return _named(text, "administrator")
    return _rows(table, text)


def _named(text: str, one: str, table: str | None = None) -> Facts | None:
    """`post hello`, where `one` of the rows is called a post."""
    if not text.startswith(f"{one} "):
        return None
    name = text.removeprefix(f"{one} ")
    number = NUMBERED.fullmatch(name)
    row: RowFacts = {"key": number[1], "name": None} if number else {"name": name}
    if table is not None:
        row["table"] = table
    return {"row": row}


def _password(text: str) -> Facts | None:
    named, with_link, made_by = text.partition(WITH_LINK)
    facts = _named(named, "user", User.__tablename__)
    return {**facts, "link": made_by} if facts and with_link else facts


def _purging(text: str) -> Facts | None:
    for language in LANGUAGES:
        with force_locale(language):
            before, _gap, after = str(UNTIL).partition("%(day)s")
        if text.startswith(before) and text.endswith(after):
            day = text[len(before) : len(text) - len(after)]
            return {"until": day} if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", day) else None
    return None


def _undoing(table: str | None, text: str) -> Facts | None:
    """`Deleted 3 posts`, which begins as the title of an operation did."""
    for each, before in _beginnings():
        if not text.startswith(before):
            continue
        kind, what = f"{table}:{each}" if table else each, text.removeprefix(before)
        inner = _undoing(table, what) if each == "undo" else None
        if inner is not None:
            return {**inner, "times": inner["times"] + 1}
        return {"undoes": {"kind": kind, "table": table, "facts": read(kind, table, what)}, "times": 1}
    verb = _without_more().get(text)
    if verb is None:
        return None
    return {"undoes": {"kind": f"{table}:{verb}", "table": table, "facts": {}}, "times": 1}


@cache
def _beginnings() -> list[tuple[str, str]]:
    """How the titles of each verb began, the longest first."""
    with force_locale(ENGLISH):
        titles = [(verb, str(each)) for verb, words in WORDS.items() for each in (words.done, words.doing)]
    begin = {(verb, title.partition("%(what)s")[0]) for verb, title in titles if title.endswith("%(what)s")}
    # A program's changes are called like a person's.
    return sorted((pair for pair in begin if pair[0] != "orm"), key=lambda pair: (-len(pair[1]), pair[0]))


@cache
def _without_more() -> dict[str, str]:
    """The titles that said no more than the verb, and the verb of each."""
    with force_locale(ENGLISH):
        return {str(words.name): verb for verb, words in WORDS.items()}


def _rows(table: str | None, text: str) -> Facts | None:
    """`post hello`, or `3 posts`, of a table that the console knows; `3 rows (post)` of any."""
    found = NAMELESS.fullmatch(text)
    if found is not None and found[2] == table:
        return about_rows(_number(found[1]))
    view = registry().view_of(table) if table is not None else None
    if view is None:
        return None
    names = [_names(view, language) for language in LANGUAGES]
    named = (_named(text, one) for one, _several in names)
    return _counted(view, text, {*sum(names, ())}) or next(filter(None, named), None)


def _counted(view: TableView, text: str, names: Collection[str]) -> Facts | None:
    found = COUNTED.fullmatch(text)
    if found is None or found[2] not in names:
        return None
    number = _number(found[1])
    if found[3] is None:
        return about_rows(number)
    asked = _asked(view, found[3])
    return None if asked is None else {**about_list(number, *asked, zone=""), "zone": None}


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _asked(view: TableView, text: str) -> tuple[list[tuple[str, str]], str] | None:
    """The filters and the search; a name that is not known any more ends where a known one begins."""
    if text == "all":
        return [], ""
    first = re.match(r"\w+(?==)", text)
    if first is None:
        return None
    names = "|".join(map(re.escape, {*view.columns.arguments, SEARCH, first[0]}))
    begins = list(re.finditer(rf"(?:^|, )({names})=", text))
    ends = [*(one.start() for one in begins[1:]), len(text)]
    pairs = [(one[1], text[one.end() : end]) for one, end in zip(begins, ends, strict=True)]
    search = pairs.pop()[1] if pairs[-1][0] == SEARCH else ""
    return pairs, search


def _names(view: TableView, language: str) -> tuple[str, str]:
    """What one and several of its records are called."""
    with force_locale(language):
        return str(view.singular), str(view.plural)
