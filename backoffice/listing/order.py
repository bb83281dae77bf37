"""The order of a list, and how an address says it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    """By one column; ties go by the primary key, in the same direction."""

    column: str
    descending: bool = False

    @classmethod
    def parse(cls, text: str) -> "Order":
        """`timestamp`, or `-timestamp` for the newest first."""
        return cls(text.removeprefix("-"), text.startswith("-"))

    def __str__(self) -> str:
        return f"-{self.column}" if self.descending else self.column
