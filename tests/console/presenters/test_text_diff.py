"""What is marked between two texts."""

import pytest

from backoffice.console.presenters.text_diff import marked_up


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("one two", "one two", "one two"),
        ("one two", "one three", "one <del>two</del><ins>three</ins>"),
        ("one", "one two", "one<ins> two</ins>"),
        ("one two", "two", "<del>one </del>two"),
        ("a <b>", "a <i>", "a &lt;<del>b</del><ins>i</ins>&gt;"),
        ("one\ntwo", "one\n\ntwo", "one<del>\n</del><ins>\n\n</ins>two"),
        ("café", "cafés", "<del>café</del><ins>cafés</ins>"),
    ],
)
def test_words_are_marked(before: str, after: str, shown: str) -> None:
    assert marked_up(before, after) == shown


def test_what_would_take_long_is_shown_as_it_is() -> None:
    assert marked_up("word " * 5_000, "<other> " * 5_000) == "&lt;other&gt; " * 5_000
