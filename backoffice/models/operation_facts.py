"""What an operation keeps as JSON: what it was about, and what there is to say of it."""

from typing import NotRequired, TypedDict

from backoffice.exceptions import EndReason


class RowFacts(TypedDict):
    """One row: its key, where that is known, and what it was called then."""

    key: NotRequired[str]
    name: str | None
    table: NotRequired[str]


class Facts(TypedDict, total=False):
    """What it was about: see `history.facts`, which makes them."""

    row: RowFacts
    rows: int
    filters: list[list[str]]
    search: str
    zone: str | None
    columns: list[str]
    link: str
    undoes: "UndoneFacts"
    times: int
    added: dict[str, int]
    until: str
    words: str


class UndoneFacts(TypedDict):
    """The operation that was undone; `words` are what it had before there were facts."""

    kind: str
    table: str | None
    rows: NotRequired[int]
    at: NotRequired[str]
    facts: Facts | None
    words: NotRequired[str]


class OperationReport(TypedDict, total=False):
    """Which rows were left out, how many by reason and some by name: table, key and reason.

    What became of rows that referred to those deleted: by what column, what, and how many. Why it ended too
    early; which operations were not over yet, and keep what they hold; how it was made sure who asked.
    """

    left_out: dict[str, int]
    left_out_rows: list[list[str]]
    effects: list[tuple[str, str, int]]
    error: EndReason | str
    not_over: list[int]
    made_sure: str
