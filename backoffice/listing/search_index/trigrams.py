"""Trigrams as SQLite's FTS5 makes them, and the question which rows hold all those of a fragment."""

FRAGMENT = 3
# As many narrow it down; whether a row holds the fragment is asked of the row.
MOST_TRIGRAMS = 30
# Letters of these have a capital that FTS5 takes for the same letter; of later ones it knows not all.
CASES_KNOWN = (range(0x250), range(0x386, 0x3D0), range(0x400, 0x500))


def expression(fragment: str) -> str | None:
    """What FTS5 is asked for; None where it cannot help: the fragment is short, or of other letters."""
    trigrams = [fragment[at : at + FRAGMENT] for at in range(len(fragment) - FRAGMENT + 1)]
    usable = [trigram for trigram in dict.fromkeys(trigrams) if all(map(_is_known, trigram))]
    quoted = ['"' + trigram.replace('"', '""') + '"' for trigram in usable[:MOST_TRIGRAMS]]
    return " AND ".join(quoted) or None


def _is_known(letter: str) -> bool:
    if letter == "\0":
        return False
    return letter.lower() == letter.upper() or any(ord(letter) in known for known in CASES_KNOWN)
