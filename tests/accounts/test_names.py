"""When two names are one: the same verdict on three databases, and what the table itself takes for one."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from backoffice.accounts import create_administrator, follow_rename, grant_access, revoke
from backoffice.accounts.authentication import authenticate, find_by_name
from backoffice.database import transaction
from backoffice.exceptions import Conflict, Invalid
from backoffice.extensions import db
from backoffice.history import Actor, acting_as, operation
from backoffice.models import Administrator, ClaimedName, User, clean_username, folded_name, taken
from backoffice.models.invisible import is_invisible
from tests.accounts.people import add_grant, add_user, write
from tests.browsing import submit
from tests.conftest import PASSWORD
from tests.growth import COUNTED
from tests.listing.plans import asking

pytestmark = pytest.mark.every_database

ONE, TWO = True, False
# Two names, and whether they are one.
PAIRS = [
    # Latin
    ("susan", "SUSAN", ONE),
    ("Rene", "rEnE", ONE),
    ("rene", "ren\u00e9", TWO),
    ("ren\u00e9", "REN\u00c9", ONE),
    ("ren\u00e9", "rene\u0301", ONE),
    ("jorg", "j\u00f6rg", TWO),
    ("J\u00d6RG", "j\u00f6rg", ONE),
    ("oscar", "\u00f8scar", TWO),
    ("anna", "ann\u0430", TWO),
    ("nino", "ni\u00f1o", TWO),
    ("mu\u017f", "mus", ONE),
    ("kelvin", "\u212aelvin", ONE),
    ("\u00c5sa", "\u212bsa", ONE),
    ("\u0132ssel", "ijssel", ONE),
    ("susan", "susann", TWO),
    ("o\ufb03ce", "office", ONE),
    ("\u0141ukasz", "\u0142ukasz", ONE),
    ("lukasz", "\u0142ukasz", TWO),
    ("\u00c6gir", "aegir", TWO),
    # German
    ("strasse", "stra\u00dfe", ONE),
    ("STRASSE", "stra\u00dfe", ONE),
    ("STRA\u1e9eE", "strasse", ONE),
    ("mueller", "m\u00fcller", TWO),
    ("gross", "gro\u00df", ONE),
    ("GRO\u1e9e", "gro\u00df", ONE),
    # Greek
    ("\u03c3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\u03a3\u038a\u03a3\u03a5\u03a6\u039f\u03a3", ONE),
    ("\u03bf\u03b4\u03bf\u03c2", "\u03bf\u03b4\u03bf\u03c3", ONE),
    ("\u03b1\u03bd\u03bd\u03b1", "\u0391\u039d\u039d\u0391", ONE),
    ("\u03ac\u03bd\u03bd\u03b1", "\u03b1\u03bd\u03bd\u03b1", TWO),
    ("\u1f80\u03b4\u03b7\u03c2", "\u1f88\u0394\u0397\u03a3", ONE),
    ("\u00b5icro", "\u03bcicro", ONE),
    ("\u0392eta", "Beta", TWO),
    ("\u03b8\u03b5\u03cc\u03c2", "\u03d1\u03b5\u03cc\u03c2", ONE),
    # Cyrillic
    ("\u044f\u0440\u043e\u0441\u043b\u0430\u0432", "\u042f\u0420\u041e\u0421\u041b\u0410\u0412", ONE),
    ("\u0451\u043b\u043a\u0430", "\u0435\u043b\u043a\u0430", TWO),
    ("\u0451\u043b\u043a\u0430", "\u0401\u041b\u041a\u0410", ONE),
    ("\u0438\u043e\u0432", "\u0439\u043e\u0432", TWO),
    ("\u0432\u0435\u0440\u0430", "\u1c80\u0435\u0440\u0430", ONE),
    # Turkish
    ("istanbul", "\u0130stanbul", TWO),
    ("\u0130stanbul", "i\u0307stanbul", ONE),
    ("isik", "\u0131s\u0131k", TWO),
    ("\u0131s\u0131k", "ISIK", TWO),
    ("\u011f\u00fcl", "\u011e\u00dcL", ONE),
    # Hebrew
    ("\u05d3\u05d5\u05d3", "\u05d3\u05d5\u05d3\u05d4", TWO),
    ("\u05e9\u05c1\u05dc\u05d5\u05dd", "\ufb2a\u05dc\u05d5\u05dd", ONE),
    ("\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05c1\u05dc\u05d5\u05dd", TWO),
    ("\u05de\u05e8\u05d9\u05dd", "\u05de\u05e8\u05d9\u05de", TWO),
    # Kana
    ("\u304b\u306a", "\u30ab\u30ca", TWO),
    ("\u30ab\u30ca", "\uff76\uff85", ONE),
    ("\u30ac", "\uff76\uff9e", ONE),
    ("\u306f\u306f", "\u3071\u3071", TWO),
    ("\u3064", "\u3063", TWO),
    # Full-width, and other forms of compatibility
    ("susan", "\uff53\uff55\uff53\uff41\uff4e", ONE),
    ("SUSAN", "\uff53\uff55\uff53\uff41\uff4e", ONE),
    ("user1", "user\u00b9", ONE),
    ("user1", "user\uff11", ONE),
    ("ab", "\U0001d44e\U0001d44f", ONE),
]

TO_THE_TABLE = "username: To the table this is the same as “{}”, which another user has."
ACTOR = Actor("command", "manage.py create-admin")


def create(name: str) -> str | None:
    """Let somebody new in by this name; what is said against it, if anything is."""
    number = db.session.scalar(select(func.max(User.id))) or 0
    try:
        with acting_as(ACTOR):
            create_administrator(name, f"somebody{number}@example.com", "viewer", PASSWORD)
    except Invalid as refusal:
        return f"{refusal.field}: {refusal}"
    return None


def nobody_is_there() -> None:
    with transaction(db.session):
        for model in (Administrator, User):
            db.session.execute(delete(model))


def test_one_verdict_on_every_database(app: Flask) -> None:
    assert len(PAIRS) >= 50
    for number, (one, other, are_one) in enumerate(PAIRS):
        first, second = (one, other) if number % 2 else (other, one)
        nobody_is_there()
        assert (folded_name(first) == folded_name(second)) == are_one, (first, second)
        assert create(first) is None, first
        words = create(second)
        if are_one:
            assert words == "username: There is a user called that already.", (first, second)
        elif words is not None:
            assert db.engine.dialect.name != "sqlite", (first, second)
            assert words == TO_THE_TABLE.format(clean_username(first)), (first, second)
        elif (clean_username(first), clean_username(second)) == (first, second):
            found = [account and account.user.username for account in map(find_by_name, (first, second))]
            assert found == [first, second]


@pytest.mark.parametrize(
    ("one", "other"), [("strasse", "stra\u00dfe"), ("\u03bf\u03b4\u03bf\u03c2", "\u039f\u0394\u039f\u03a3")]
)
def test_two_who_are_made_at_once_are_told_apart(app: Flask, susan: User, one: str, other: str) -> None:
    """The one that waits for the other's transaction sees what that one wrote."""
    for _round in range(4):
        start = Barrier(2)

        def run(name: str, start: Barrier = start) -> str | None:
            with app.app_context():
                start.wait()
                try:
                    with acting_as(ACTOR):
                        create_administrator(name, f"{name.encode().hex()}@example.com", "viewer", PASSWORD)
                except (Invalid, Conflict) as refusal:
                    return str(refusal)
                return None

        with ThreadPoolExecutor() as pool:
            words = list(pool.map(run, (one, other)))
        assert words.count(None) == 1, words
        db.session.rollback()
        write(delete(Administrator).where(Administrator.user_id != susan.id))
        write(delete(User).where(User.id != susan.id))


WRITTEN = [
    "mu\u017f",
    "\u212aelvin",
    "stra\u00dfe",
    "STRA\u1e9eE",
    "o\ufb03ce",
    "\u1c80\u0435\u0440\u0430",
    "\u03bf\u03b4\u03bf\u03c2",
    "\u0130x",
    "\u01c5ip",
    "\u10a0x",
    "\u13a0\uab70",
]


@pytest.mark.parametrize("kept", WRITTEN)
def test_what_the_application_wrote_is_told_apart_by_case_folding(app: Flask, kept: str) -> None:
    user = User(username=kept, email="x@example.com")
    db.session.add(user)
    db.session.commit()
    for name in (kept, kept.casefold(), kept.upper(), kept.upper().casefold(), kept.casefold().upper()):
        assert taken(db.session, User.username, name) == (name.casefold() == kept.casefold()), name
        assert not taken(db.session, User.username, name, except_id=user.id)
    for name in ("mu", "muss", "kelvim", "stra\u00dfee", "offic", "\u0435\u0440\u0430", "dip", "x"):
        assert not taken(db.session, User.username, name), name


def test_in_the_console_it_is_said_at_the_field(signed_in: FlaskClient) -> None:
    add_user("strasse")
    add_user("rene")
    page = "/admin/user/new/"
    answer = submit(signed_in, page, username="STRA\u1e9eE", email="new@example.com")
    assert (answer.status_code, "There is a user called that already." in answer.text) == (422, True)
    answer = submit(signed_in, page, username="ren\u00e9", email="new@example.com")
    if answer.status_code != 303:
        assert db.engine.dialect.name == "mariadb"
        assert "To the table this is the same as “rene”, which another user has." in answer.text
        assert 'aria-invalid="true"' in answer.text


def add_bare(name: str) -> User:
    """A user whom the application made, as it likes and its table lets it."""
    user = User(username=name, email=f"{name.encode().hex()}@example.com")
    db.session.add(user)
    try:
        db.session.commit()
    except IntegrityError:
        assert db.engine.dialect.name == "mariadb"
        pytest.skip("the table takes none of these twins")
    return user


def grant(user: User) -> str | None:
    try:
        with acting_as(ACTOR):
            grant_access(user.id, "viewer")
    except Invalid as refusal:
        return str(refusal)
    return None


def claims() -> dict[str, int]:
    db.session.rollback()
    return {claim.folded: claim.administrator_id for claim in db.session.scalars(select(ClaimedName))}


TWINS = (
    "chi\u3164ef",
    "\u115fchief",
    "chief\u034f",
    "chi\u200def",
    "CHIEF\ufe0f",
    "\u2800chief",
    "\uff43hief",
)


@pytest.mark.parametrize("twin", TWINS)
def test_a_twin_whom_the_application_made_is_let_in_by_another_name(app: Flask, twin: str) -> None:
    assert grant(add_bare("chief")) is None
    holders = claims()
    twins = add_bare(twin)
    words = "To the console this is the same name as that of chief."
    assert grant(twins) == words
    assert claims() == holders
    assert db.session.scalar(select(func.count(Administrator.id))) == 1
    twins.username = "deputy"
    db.session.commit()
    assert grant(twins) is None
    with pytest.raises(Invalid, match=words), acting_as(ACTOR), operation("user:update", table="user"):
        follow_rename(twins.id, "deputy", twin)


def test_a_name_is_free_again_once_nobody_has_it(app: Flask) -> None:
    first, second, third = (add_bare(name) for name in ("chief", "chi\u3164ef", "CHI\u2800EF"))
    assert grant(first) is None
    with acting_as(ACTOR):
        admin_left = create_administrator("susan", "susan@example.com", "administrator", PASSWORD).id
        revoke(db.session.scalars(select(Administrator.id).where(Administrator.user_id == first.id)).one())
    assert claims() == {"susan": admin_left}
    assert grant(second) is None
    write(delete(User).where(User.id == second.id))
    assert grant(third) is None
    assert claims() == {"chief": max(claims().values()), "susan": admin_left}


def test_two_who_had_access_before_both_sign_in(app: Flask) -> None:
    users = [add_user(name) for name in ("chief", "chi\u3164ef", "susan")]
    ids = [add_grant(user).id for user in users]
    for name in ("chief", "chi\u3164ef", "susan"):
        account = authenticate(name, PASSWORD)
        assert account is not None
        assert account.user.username == name
    assert grant(add_bare("chief\u2800")) == "To the console this is the same name as that of chief."
    with acting_as(ACTOR), operation("user:update", table="user"):
        follow_rename(users[2].id, "susan", "suse")
    assert claims() == {"chief": ids[0], "suse": ids[2]}


# Unicode's Default_Ignorable_Code_Point, as its DerivedCoreProperties.txt has it.
IGNORABLE = (
    "00AD 034F 061C 115F-1160 17B4-17B5 180B-180F 200B-200F 202A-202E 2060-206F 3164 FE00-FE0F FEFF "
    "FFA0 FFF0-FFF8 1BCA0-1BCA3 1D173-1D17A E0000-E0FFF"
)
BLANK = "2800 1680 180E 00A0 2000-200A 202F 205F 3000 16FE4 1D159 13441-13442 FFFC"


def test_invisible_characters_are_a_class() -> None:
    for part in f"{IGNORABLE} {BLANK}".split():
        first, _, last = part.partition("-")
        for number in range(int(first, 16), int(last or first, 16) + 1):
            assert is_invisible(chr(number)), hex(number)
            letter = unicodedata.normalize("NFKC", chr(number))
            if letter.strip():
                with pytest.raises(Invalid, match="cannot be seen"):
                    clean_username(f"chi{chr(number)}ef")
    for letter in "a\u00e9\u05d0\u304b\u0301\U0001f600\u0e33\u0f0b\u2422":
        assert not is_invisible(letter)


@pytest.mark.every_database
def test_a_plain_name_is_looked_up_by_an_index(app: Flask) -> None:
    names = [{"username": f"user {i}", "email": f"user{i}@example.com"} for i in range(2_000)]
    db.session.execute(insert(User), names)
    db.session.commit()
    for name in ("nobody", "USER 77", "kiss", "jessica.kessler"):
        with asking(db.engine) as asked:
            assert taken(db.session, User.username, name) == (name == "USER 77")
        db.session.rollback()
        with db.engine.connect() as connection:
            cost = sum(COUNTED[connection.dialect.name](connection, one) for one in asked)
        assert cost < 1_000, (name, cost)
