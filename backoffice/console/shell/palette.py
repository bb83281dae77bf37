"""The command palette: going to any page, record or action by typing."""

from collections.abc import Iterator, Sequence
from itertools import islice

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.console.base import ConsoleView
from backoffice.console.page import expose
from backoffice.console.records import find_records
from backoffice.console.shell.navigation import accessible_views, pages
from backoffice.console.shell.theme import themes
from backoffice.models import is_storable

EACH = 5
LONGEST_QUERY = 64

# What can be gone to: {label, detail, url}, or instead of `url` the id of the `button` to press.
Target = dict[str, str]


class PaletteView(ConsoleView):
    """`/admin/palette/?query=`: what answers to what was typed, in groups, as JSON."""

    def is_visible(self) -> bool:
        """Whether the sidebar has a link to it: there is no page."""
        return False

    @expose("/", permission="view")
    def index(self) -> ResponseReturnValue:
        typed = request.args.get("query", "").strip()[:LONGEST_QUERY]
        typed = " ".join(typed.split()) if is_storable(typed) else ""
        groups = [
            (_("Pages"), _answering(typed, pages())),
            (_("Actions"), _answering(typed, self._actions())),
            *(self._records(typed) if typed else ()),
        ]
        return jsonify([{"label": label, "targets": targets} for label, targets in groups if targets])

    def _actions(self) -> Iterator[Target]:
        for view in accessible_views():
            if view.allows("create"):
                yield {
                    "label": _("New %(singular)s", singular=view.singular),
                    "url": url_for(f"{view.endpoint}.create_view"),
                }
        for view in accessible_views():
            if view.allows("export"):
                label = _("Export %(things)s", things=view.plural)
                yield {"label": label, "url": url_for(f"{view.endpoint}.export", export_type="csv")}
        for theme in themes():
            label = _("Colours: %(name)s", name=theme["label"])
            yield {"label": label, "button": f"theme-{theme['name']}"}
        yield {"label": _("Keyboard shortcuts"), "button": "open-shortcuts"}
        yield {"label": _("Sign out"), "button": "sign-out"}

    def _records(self, typed: str) -> Iterator[tuple[str, list[Target]]]:
        for view in accessible_views():
            found: list[Target] = [
                {"label": name, "detail": f"#{key}", "url": view.details_url(key)}
                for key, name in find_records(view, typed, EACH)
            ]
            if view.columns.searched and not typed.startswith("#"):
                label = _("All %(things)s with “%(words)s”", things=view.plural, words=typed)
                found.append({"label": label, "url": url_for(f"{view.endpoint}.index_view", search=typed)})
            yield str(view.title), found


def _answering(typed: str, targets: Iterator[Target]) -> Sequence[Target]:
    """Those whose label has every word that was typed; where nothing was, all of them."""
    words = typed.casefold().split()
    answering = (one for one in targets if all(word in one["label"].casefold() for word in words))
    return list(islice(answering, EACH)) if words else list(answering)
