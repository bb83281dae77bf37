"""What a list is of."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from flask import url_for
from sqlalchemy import ColumnElement
from werkzeug.datastructures import MultiDict

from backoffice.console.lists.arguments import OF_ANY_LIST, Arguments
from backoffice.console.lists.earlier import EarlierWords
from backoffice.listing import Columns, Filter, Stream
from backoffice.transfer import FORMATS


@dataclass(frozen=True)
class ListSource:
    """Its columns, those of its files, and where it stands.

    `within` are the conditions on all of its rows. `files` are the addresses of its files, by their kind, for
    whom may have them. `earlier` rewords what addresses said before. `streams` are those in which the rows of
    such filters are, in the list's own order: see `Listing`. At the addresses of `lookups` the rows that a
    column refers to are found by typing.
    """

    columns: Columns
    exported: Columns
    url: str
    within: Sequence[ColumnElement[bool]] = ()
    files: Mapping[str, str] | None = None
    earlier: EarlierWords | None = None
    streams: Callable[[Sequence[Filter]], Sequence[Stream] | None] | None = None
    lookups: Mapping[str, str] = field(default_factory=dict)

    def asked(self, arguments: Mapping[str, str]) -> Arguments:
        """What an address asks for, in the words of this release. A known name alone asks nothing."""
        pairs = arguments.items(multi=True) if isinstance(arguments, MultiDict) else arguments.items()
        asked: Arguments = MultiDict(list(pairs))
        reworded = self.earlier(asked) if self.earlier is not None else asked
        said = reworded.items(multi=True)
        return MultiDict((name, text) for name, text in said if self._is_asked(name, text))

    def _is_asked(self, name: str, text: str) -> bool:
        """Whether something is asked: spaces are no search. A name that is not known is not passed over."""
        if name not in self.columns.arguments:
            return name not in OF_ANY_LIST or bool(text.strip())
        _column, operator = self.columns.arguments[name]
        return bool(text) or not operator.takes_value

    @property
    def column_names(self) -> Collection[str]:
        """What the columns of its table are called, shown or not."""
        return {*self.columns.mapper.attrs.keys(), *(column.name for column in self.columns.shown)}


def files_at(endpoint: str) -> Mapping[str, str]:
    """The addresses of a list's files, by their kind."""
    return {kind: url_for(endpoint, export_type=kind) for kind in FORMATS}
