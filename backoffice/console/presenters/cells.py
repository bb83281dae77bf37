"""Values as the pages show them: what kind of thing they are, and where they lead."""

import json
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from flask_babel import gettext as _

CellValue = str | int | float | Decimal | datetime


class Cell(NamedTuple):
    """One value on a page. `kind` is text, number, datetime, badge, alert or empty."""

    kind: str
    value: CellValue
    url: str | None = None


def cell(value: object, url: str | None = None, *, empty: str = "") -> Cell:
    """A value of a record; `empty` says what is missing where there is none."""
    match value:
        case None | "":
            return Cell("empty", empty)
        case str():
            return Cell("text", value, url)
        case bool():
            return Cell("badge", _("yes") if value else _("no"), url)
        case datetime():
            return Cell("datetime", value, url)
        case int() | float() | Decimal():
            return Cell("number", value, url)
        case Enum():
            return Cell("badge", value.name, url)
        case _:
            return Cell("text", _as_text(value), url)


def _as_text(value: object) -> str:
    match value:
        case bytes():
            return str(_("%(count)s bytes", count=len(value)))
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, default=str)
        case _:
            return str(value)
