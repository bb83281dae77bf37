"""Characters that nobody sees, as a class: in a name they make a twin, before a sign they hide a formula.

They are Unicode's Default_Ignorable_Code_Point (tests compare them with Unicode's own list), what is drawn as
nothing or as a blank without being of it, and by category control and format characters.
"""

import re
import unicodedata

# Between the brackets of a regular expression, as Python and PostgreSQL both read it.
INVISIBLE = (
    r"\u0000-\u0020\u007F-\u00A0\u00AD\u034F\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891\u08E2\u115F\u1160\u1680"
    r"\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF"
    r"\uFFA0\uFFF0-\uFFFC\U000110BD\U000110CD\U00013430-\U0001345F\U00016FE4\U0001BCA0-\U0001BCA3\U0001D159"
    r"\U0001D173-\U0001D17A\U000E0000-\U000E0FFF"
)
_invisible = re.compile(f"[{INVISIBLE}]")
# Control, format (the direction marks among them), surrogate and private characters, line separators: those
# that a later Unicode adds, too.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def is_invisible(character: str) -> bool:
    """Whether nobody sees this character, the space among them."""
    return bool(_invisible.match(character)) or unicodedata.category(character) in UNSEEN


def visible(text: str) -> str:
    """The text without characters that nobody sees, but for spaces."""
    return "".join(letter for letter in text if letter == " " or not is_invisible(letter))
