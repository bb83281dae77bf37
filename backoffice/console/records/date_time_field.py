"""The form field of a moment: entered on the reader's clocks, kept in UTC, never guessed at."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Any

from flask_babel import get_timezone
from flask_babel import gettext as _
from markupsafe import Markup, escape
from wtforms import StringField
from wtforms.widgets import TextInput

from backoffice.clock import utcnow
from backoffice.console.presenters import clock_name
from backoffice.drivers import AsWritten
from backoffice.zones import find_zone, offset_words, readings, written

EXAMPLE = "2024-05-31 14:00:00"
SPACE_BEFORE_OFFSET = re.compile(r"\s+(?=(?:Z|[+-]\d\d(?::?\d\d)?)$)")


class MomentInput(TextInput):
    """The input, the zone that it is meant in, and the choice where a time may be two moments."""

    def __call__(self, field: Any, **kwargs: object) -> Markup:
        zone = Markup('<input type="hidden" name="{}" value="{}">').format(field.zone_name, field.zone)
        return Markup("").join((super().__call__(field, **kwargs), zone, self._choices(field)))

    def _choices(self, field: "DateTimeField") -> Markup:
        if not field.choices:
            return Markup("")
        options = Markup("").join(self._choice(field, at, each) for at, each in enumerate(field.choices))
        legend = escape(_("Which time is meant?"))
        return Markup('<fieldset class="choice"><legend>{}</legend>{}</fieldset>').format(legend, options)

    def _choice(self, field: "DateTimeField", at: int, moment: datetime) -> Markup:
        return Markup(
            '<div class="form-check">'
            '<input class="form-check-input" type="radio" name="{name}" id="{id}" value="{value}"{checked}>'
            '<label class="form-check-label" for="{id}">{value} ({zone})</label></div>'
        ).format(
            name=field.meant_name,
            id=f"{field.id}-meant-{at}",
            value=moment.isoformat(sep=" "),
            zone=clock_name(moment),
            checked=Markup(" checked") if moment.isoformat(sep=" ") == field.meant else "",
        )


class DateTimeField(StringField):
    """A moment, naive and in UTC to the microsecond, shown and entered on the clocks of the reader's zone.

    The zone in which it was shown comes back with the form, so that what is entered means what it meant on
    the page. A time that these clocks skip, or show twice, is asked about; with an offset behind it, as in
    `2024-10-27 02:30:00+02:00`, a time is one moment in any zone.
    """

    data: datetime | None  # type: ignore[assignment]  # the moment, and not its text

    widget = MomentInput()

    def __init__(self, *args: Any, description: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.given_description = description
        self.zone_name, self.meant_name = self.companions = (f"{self.name}.zone", f"{self.name}.meant")

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        sent = formdata or {}
        self.meant = sent.get(self.meant_name)
        self.choices: list[datetime] = []
        shown_in = sent.get(self.zone_name)
        self.zone: tzinfo | None = get_timezone() if shown_in is None else find_zone(shown_in)
        super().process(formdata, *args, **kwargs)
        self.description = self._description()

    def _description(self) -> str:
        zone = self.zone or get_timezone()
        moment = utcnow() if isinstance(self.data, AsWritten) or self.data is None else self.data
        try:
            local = moment.replace(tzinfo=UTC).astimezone(zone)
        except OverflowError:
            local = utcnow().replace(tzinfo=UTC).astimezone(zone)
        words = {"zone": zone, "offset": offset_words(local), "example": EXAMPLE}
        if str(zone) == offset_words(local):
            explanation = _("In %(zone)s, like %(example)s.", **words)
        else:
            explanation = _("In the time of %(zone)s (%(offset)s), like %(example)s.", **words)
        return f"{self.given_description} {explanation}".strip()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return written(self.data, self.zone or get_timezone()) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            moment = self._one_of(self._readings(text))
            self.data = moment.astimezone(UTC).replace(tzinfo=None)

    def _readings(self, text: str) -> list[datetime]:
        """The moments that the text may mean. Raises ValueError where it means none."""
        if self.zone is None:
            raise ValueError(_("The time zone of this form is not known here. Please load the page again."))
        try:
            entered = datetime.fromisoformat(SPACE_BEFORE_OFFSET.sub("", text))
            return [entered.astimezone(UTC)] if entered.tzinfo else readings(entered, self.zone)
        except (ValueError, OverflowError):
            raise ValueError(
                _("This is not a date and time. Please write it like %(example)s.", example=EXAMPLE)
            ) from None

    def _one_of(self, moments: list[datetime]) -> datetime:
        """The one that is meant: the only one, or the one that was chosen."""
        if len(moments) == 1:
            return moments[0]
        self.choices = moments
        chosen = [moment for moment in moments if moment.isoformat(sep=" ") == self.meant]
        if chosen:
            return chosen[0]
        raise ValueError(self._question(*moments))

    def _question(self, first: datetime, second: datetime) -> str:
        words = {"zone": self.zone, "first": first.isoformat(sep=" "), "second": second.isoformat(sep=" ")}
        if first.replace(tzinfo=None) != second.replace(tzinfo=None):
            return str(
                _(
                    "The clocks of %(zone)s went forward and never showed this time. "
                    "Which one is meant, %(first)s or %(second)s?",
                    **words,
                )
            )
        return str(
            _(
                "The clocks of %(zone)s went back and showed this time twice. "
                "Which one is meant, %(first)s or %(second)s?",
                **words,
            )
        )
