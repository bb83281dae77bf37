"""Two texts as one, in which the words that differ are marked."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from markupsafe import Markup, escape

# Words, single marks, and the room between them.
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
# A shorter text is read faster whole.
SHORTEST = 24
# Comparing takes time by the square of it; what is longer is shown as exchanged.
MOST_TOKENS = 1_500
# Texts that share less than this of their letters are two texts.
ALIKE = 0.3
# So many characters of what stayed are shown around what did not, and of what did not itself.
AROUND, LONGEST_RUN = 80, 1_000


class Run(NamedTuple):
    """A piece of a text: `kind` is same, removed, added or skipped (where what stayed is skipped)."""

    kind: str
    text: str


def marked(before: str, after: str) -> list[Run]:
    """The runs of both texts; none where they are short, or have too little in common."""
    if max(len(before), len(after)) < SHORTEST or before == after:
        return []
    runs = list(_word_diff(before, after))
    same = sum(len(run.text.strip()) for run in runs if run.kind == "same")
    if same < ALIKE * max(len(before), len(after)):
        return []
    return [piece for at, run in enumerate(runs) for piece in _cut(run, at == 0, at == len(runs) - 1)]


def _word_diff(before: str, after: str) -> Iterator[Run]:
    """The two texts as one, whole: what stayed, what was removed and what was added."""
    return _joined(_runs(TOKEN.findall(before), TOKEN.findall(after)))


def _runs(before: Sequence[str], after: Sequence[str]) -> Iterator[Run]:
    begin = _shared(before, after)
    end = _shared(before[begin:][::-1], after[begin:][::-1])
    yield Run("same", "".join(before[:begin]))
    yield from _middle(before[begin : len(before) - end], after[begin : len(after) - end])
    yield Run("same", "".join(before[len(before) - end :]))


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """With how many equal words both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _middle(before: Sequence[str], after: Sequence[str]) -> Iterator[Run]:
    if max(len(before), len(after)) > MOST_TOKENS:
        yield from (Run("removed", "".join(before)), Run("added", "".join(after)))
        return
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Run("same", "".join(before[a:b]))
        else:
            yield from (Run("removed", "".join(before[a:b])), Run("added", "".join(after[c:d])))


def _joined(runs: Iterator[Run]) -> Iterator[Run]:
    """A blank between two words that changed has changed with them."""
    found = [run for run in runs if run.text]
    removed = added = ""
    for at, run in enumerate(found):
        if run.kind == "removed":
            removed += run.text
        elif run.kind == "added":
            added += run.text
        elif run.text.isspace() and removed and added and at + 1 < len(found):
            removed, added = removed + run.text, added + run.text
        else:
            yield from _exchanged(removed, added)
            yield run
            removed = added = ""
    yield from _exchanged(removed, added)


def _exchanged(removed: str, added: str) -> Iterator[Run]:
    yield from (Run(kind, text) for kind, text in (("removed", removed), ("added", added)) if text)


def _cut(run: Run, is_first: bool, is_last: bool) -> Iterator[Run]:
    if run.kind != "same":
        yield run if len(run.text) <= LONGEST_RUN else Run(run.kind, f"{run.text[:LONGEST_RUN]}…")
    elif len(run.text) <= 3 * AROUND:
        yield run
    else:
        if not is_first:
            yield Run("same", run.text[:AROUND])
        yield Run("skipped", " … ")
        if not is_last:
            yield Run("same", run.text[-AROUND:])


def marked_up(before: str, after: str) -> Markup:
    """`after`, where what is not in `before` is inserted, and what is missing from it deleted.

    A long text goes as it is.
    """
    if max(len(TOKEN.findall(text)) for text in (before, after)) > MOST_TOKENS:
        return escape(after)
    return Markup("").join(map(_markup, _word_diff(before, after)))


def _markup(run: Run) -> Markup:
    match run.kind:
        case "removed":
            return Markup("<del>{}</del>").format(run.text)
        case "added":
            return Markup("<ins>{}</ins>").format(run.text)
        case _:
            return escape(run.text)
