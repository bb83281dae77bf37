"""The form in which somebody chooses their time zone and their language."""

from typing import Any

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from backoffice.console import reader
from backoffice.console.translated_form import TranslatedForm
from backoffice.zones import UNIVERSAL, zones_by_area


class PreferencesForm(TranslatedForm):
    """Nothing chosen is the browser's word."""

    time_zone = SelectField(
        lazy_gettext("Time zone"),
        description=lazy_gettext("Times are shown and entered in it, and days begin and end in it."),
        coerce=lambda chosen: chosen or "",
    )
    language = SelectField(
        lazy_gettext("Language"),
        description=lazy_gettext("Of this console; dates and numbers are written as is usual in it."),
        coerce=lambda chosen: chosen or "",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.time_zone.choices = zone_choices()
        self.language.choices = language_choices()


def zone_choices() -> list[SelectChoice]:
    """The browser's own zone, UTC, and the zones of the world by its parts."""
    browser = reader.zone_of_browser()
    follow = (
        _("As this browser says (%(zone)s)", zone=browser) if browser else _("As this browser says, or UTC")
    )
    places = [
        SelectChoice(name, name.partition("/")[2].replace("_", " "), optgroup=area)
        for area, names in zones_by_area().items()
        for name in names
    ]
    return [SelectChoice("", follow), SelectChoice(UNIVERSAL), *places]


def language_choices() -> list[SelectChoice]:
    """The browser's own language, and all that there are, each in its own words."""
    return [
        SelectChoice("", _("As this browser says")),
        *(SelectChoice(name, _own_name(name)) for name in reader.LANGUAGES),
    ]


def _own_name(language: str) -> str:
    name = Locale.parse(language).get_display_name() or language
    return name[:1].upper() + name[1:]
