"""Forms that say what is wrong in the reader's language, WTForms' own sentences included."""

from flask_babel import lazy_gettext, ngettext
from wtforms import Form
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

__all__ = ["REQUIRED", "SelectChoice", "TranslatedForm"]

NOT_A_NUMBER = lazy_gettext("This is not a number.")
NOT_WHOLE = lazy_gettext("This is not a whole number.")
REQUIRED = lazy_gettext("Please fill this in.")
NOT_A_CHOICE = lazy_gettext("This is not one of the choices.")
NOT_A_DATE = lazy_gettext("This is not a date. Please write it like 2024-05-31.")
TOO_LONG = "Field cannot be longer than %(max)d characters."
# What WTForms says by itself, in the fields and rules that our forms have, and how we say it.
SENTENCES = {
    "This field is required.": REQUIRED,
    "Not a valid integer value.": NOT_WHOLE,
    "Not a valid decimal value.": NOT_A_NUMBER,
    "Not a valid float value.": NOT_A_NUMBER,
    "Not a valid date value.": NOT_A_DATE,
    "Not a valid choice.": NOT_A_CHOICE,
    "Invalid Choice: could not coerce.": NOT_A_CHOICE,
    "Number must be between %(min)s and %(max)s.": lazy_gettext("A number from %(min)s to %(max)s."),
}


class Sentences:
    """What WTForms asks for the words of its sentences; one that is not here stays as it is."""

    def gettext(self, text: str) -> str:
        """The reader's words for a sentence."""
        return str(SENTENCES.get(text, text))

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """The reader's words for a sentence about so many."""
        if plural == TOO_LONG:
            return str(ngettext("At most %(num)d character.", "At most %(num)d characters.", count))
        return self.gettext(singular if count == 1 else plural)


class TranslatedForm(Form):
    """What every form of the console derives from."""

    class Meta:
        def get_translations(self, _form: object) -> Sentences:
            """The words of WTForms' sentences."""
            return Sentences()
