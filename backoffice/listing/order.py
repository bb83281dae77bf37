"""The order of a list, and how an address says it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    """By one column; ties go by the primary key, in the same direction where `ties` does not say another."""

    column: str
    descending: bool = False
    ties: str = ""

    @classmethod
    def parse(cls, text: str, key: str) -> "Order":
        """`timestamp`, `-timestamp` for the newest first, or `-timestamp,id` with the ties the other way.

        `key` is the name of the primary key. Ties by anything else make an order by no column.
        """
        first, _, ties = text.partition(",")
        column, descending = first.removeprefix("-"), first.startswith("-")
        if ties.removeprefix("-") not in ("", key):
            return cls("")
        said = not ties or column == key or ties.startswith("-") == descending
        return cls(column, descending, "" if said else ties)

    def __str__(self) -> str:
        column = f"-{self.column}" if self.descending else self.column
        return f"{column},{self.ties}" if self.ties else column
