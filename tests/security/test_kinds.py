"""The kinds of events: each is in one list, and has words."""

import re

from backoffice.console.presenters.security_event_labels import GROUPS, WORDS
from backoffice.security.kinds import KINDS, MEANS_OF_SIGNING_IN, RATE_LIMITED
from tests.test_house import PACKAGE

NOTED = re.compile(r'\b(?:record_event|record_request_event|record_probe)\(\s*"([^"]+)"')


def test_whatever_is_noted_is_in_the_list() -> None:
    noted = {kind for path in PACKAGE.rglob("*.py") for kind in NOTED.findall(path.read_text("utf-8"))}
    assert len(noted) > 8
    assert noted <= set(KINDS), "a new kind: put it into security/kinds.py"


def test_every_kind_has_words_and_a_group() -> None:
    assert set(WORDS) == set(KINDS), "a new kind: name it in console/presenters/security_event_labels.py"
    assert {kind.partition(":")[0] for kind in KINDS} == set(GROUPS)
    assert set(MEANS_OF_SIGNING_IN) <= set(KINDS)
    assert set(KINDS) >= RATE_LIMITED
    assert all(len(kind) <= 64 for kind in KINDS)
