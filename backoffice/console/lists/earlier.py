"""Addresses of earlier releases: `?person=susan&from=2026-03-01`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from backoffice.console.lists.arguments import Arguments

FROM, UNTIL = "from", "until"


@dataclass(frozen=True)
class EarlierWords:
    """`names` are the filters that earlier names stand for; `between` is that of the days from and until.

    `values` are those, by their names, that are another word now.
    """

    names: Mapping[str, str]
    between: str
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __call__(self, arguments: Arguments) -> Arguments:
        """The same address in the words of today. What a form left empty asked for nothing."""
        reworded: Arguments = MultiDict()
        for name, text in arguments.items(multi=True):
            if name in self.names:
                self._add(reworded, name, text.strip())
            elif name not in (FROM, UNTIL):
                reworded.add(name, text)
        first, last = (arguments.get(name, "").strip() for name in (FROM, UNTIL))
        if first or last:
            reworded.add(self.between, f"{first}..{last}")
        return reworded

    def left_empty(self, arguments: Arguments) -> bool:
        """Whether the form that addresses were made by before left something of them empty."""
        return any(name in arguments and not arguments[name] for name in (*self.names, FROM, UNTIL))

    def _add(self, reworded: Arguments, name: str, text: str) -> None:
        if text:
            reworded.add(self.names[name], self.values.get(name, {}).get(text, text))
