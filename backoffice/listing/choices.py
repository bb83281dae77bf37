"""What can be chosen of a column whose values have names, in the reader's language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement

# A heading, if there is one, and what stands below it: (value, words) pairs.
Group = tuple[str | None, Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Choices:
    """`groups` offers them, and `words` is what one is called; `meaning` is what one asks of a row.

    Where there is no such choice, that is None. More may be meant than is offered.
    """

    groups: Callable[[], Sequence[Group]]
    words: Callable[[str], str]
    meaning: Callable[[str], ColumnElement[bool] | None]

    def find(self, text: str) -> ColumnElement[bool] | None:
        """What the choice asks that `text` stands for: a value, or what one is called."""
        found = self.meaning(text)
        if found is None:
            offered = (pair for _label, pairs in self.groups() for pair in pairs)
            value = next((value for value, words in offered if words.casefold() == text.casefold()), None)
            found = None if value is None else self.meaning(value)
        return found
