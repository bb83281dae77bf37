"""Two texts: one of them, with what it has anew and what it lacks marked."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from markupsafe import Markup, escape

PARTS = re.compile(r"\w+|\s+|[^\w\s]")
# Comparing takes as long as the product of the numbers of parts, at worst.
MOST_COMPARISONS = 4_000_000


def marked(before: str, after: str) -> Markup:
    """`after`, where what is not in `before` is inserted, and what is missing from it deleted."""
    old, new = PARTS.findall(before), PARTS.findall(after)
    if len(old) * len(new) > MOST_COMPARISONS:
        return escape(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return Markup("").join(_marked_part(tag, old[i:j], new[k:m]) for tag, i, j, k, m in matcher.get_opcodes())


def _marked_part(tag: str, old: Sequence[str], new: Sequence[str]) -> Markup:
    if tag == "equal":
        return escape("".join(new))
    gone = Markup("<del>{}</del>").format("".join(old)) if old else Markup("")
    return gone + (Markup("<ins>{}</ins>").format("".join(new)) if new else Markup(""))
