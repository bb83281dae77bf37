"""Trigrams as SQLite's FTS5 makes them, and the question which rows hold all those of a fragment."""

from itertools import product
from math import prod

from backoffice.accents import spellings, without_known_accents

FRAGMENT = 3
# As many narrow it down; whether a row holds the fragment is asked of the row.
MOST_TRIGRAMS = 30
# Where a letter may have an accent, its trigrams are asked for in all spellings, each of which takes some
# microseconds: no more for one trigram, and no more for those that narrow it down further.
MOST_SPELLINGS, ENOUGH_SPELLINGS = 1_500, 200
# Letters of these have a capital that FTS5 takes for the same letter; of later ones it knows not all.
CASES_KNOWN = (range(0x250), range(0x386, 0x3D0), range(0x400, 0x500))


def expression(fragment: str) -> str | None:
    """What FTS5 is asked for; None where it cannot help: the fragment is short, or of other letters."""
    return " AND ".join(map(_quoted, _trigrams(fragment)[:MOST_TRIGRAMS])) or None


def expression_without_accents(word: str) -> str | None:
    """The same for the rows that hold a word with accents or without."""
    asked: list[str] = []
    spelt = 0
    for trigram in sorted(_trigrams(without_known_accents(word)), key=_number_of_spellings):
        spelt += _number_of_spellings(trigram)
        if spelt > (ENOUGH_SPELLINGS if asked else MOST_SPELLINGS):
            break
        spelled = map("".join, product(*map(spellings, trigram)))
        asked.append(f"({' OR '.join(map(_quoted, spelled))})")
    return " AND ".join(asked[:MOST_TRIGRAMS]) or None


def _trigrams(fragment: str) -> list[str]:
    trigrams = [fragment[at : at + FRAGMENT] for at in range(len(fragment) - FRAGMENT + 1)]
    return [trigram for trigram in dict.fromkeys(trigrams) if all(map(_is_known, trigram))]


def _number_of_spellings(trigram: str) -> int:
    return prod(len(spellings(letter)) for letter in trigram)


def _quoted(trigram: str) -> str:
    return '"' + trigram.replace('"', '""') + '"'


def _is_known(letter: str) -> bool:
    if letter == "\0":
        return False
    return letter.lower() == letter.upper() or any(ord(letter) in known for known in CASES_KNOWN)
