"""The heading of a column, as tables show it."""

from typing import NotRequired, TypedDict


class Heading(TypedDict):
    """`kind` is key, text, number or datetime; `sort_url` leads to the list sorted by it, `sort` says how."""

    label: str
    kind: str
    name: NotRequired[str]
    wide: NotRequired[bool]
    sort_url: NotRequired[str]
    sort: NotRequired[str | None]
