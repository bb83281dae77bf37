"""Times on the reader's clocks: shown, entered and filtered by, in any zone and across its changes."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import Form

from backoffice.console.records.date_time_field import DateTimeField
from backoffice.extensions import db
from backoffice.models import Operation, Post
from backoffice.zones import Zone, find_zone, offset_words, readings, written, zone_names
from tests.browsing import submit, token_of

pytestmark = pytest.mark.every_database

# A change of an hour, of half an hour, in the south, at midnight, and a whole day that was skipped.
ZONES = (
    "Europe/Madrid",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Auckland",
    "America/Havana",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "UTC",
)
MADRID = Zone("Europe/Madrid")


def utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


@given(zone=st.sampled_from(sorted(zone_names())), moment=st.datetimes())
def test_what_is_shown_is_read_as_the_same_moment(zone: str, moment: datetime) -> None:
    shown = datetime.fromisoformat(written(moment, Zone(zone)))
    found = [shown] if shown.tzinfo else readings(shown, Zone(zone))
    assert [utc(one) for one in found] == [moment]


@given(
    zone=st.sampled_from(ZONES),
    # Around the changes: in these months, to the second.
    moment=st.sampled_from([3, 4, 9, 10, 11]).flatmap(
        lambda month: st.datetimes(datetime(2024, month, 1), datetime(2024, month, 30))
    ),
)
def test_an_unedited_form_never_moves_a_time(zone: str, moment: datetime) -> None:
    class PostForm(Form):
        timestamp = DateTimeField("Timestamp")

    app = Flask(__name__)
    from flask_babel import Babel

    Babel(app, timezone_selector=lambda: Zone(zone))
    with app.test_request_context():
        page = str(PostForm(data={"timestamp": moment}).timestamp())
        values = dict(re.findall(r'name="([^"]+)"[^>]*? value="([^"]+)"', page))
        form = PostForm(MultiDict({name: unescape(value) for name, value in values.items()}))
        assert form.validate(), form.errors
        assert form.timestamp.data == moment


@pytest.mark.parametrize(
    ("zone", "clock", "moments"),
    [
        ("Europe/Madrid", "2024-05-31 14:00", ["12:00"]),
        ("Europe/Madrid", "2024-10-27 02:30", ["00:30", "01:30"]),
        ("Europe/Madrid", "2024-03-31 02:30", ["00:30", "01:30"]),
        ("Europe/Madrid", "2024-03-31 03:00", ["01:00"]),
        ("Europe/Madrid", "2024-10-27 03:00", ["02:00"]),
        ("Australia/Lord_Howe", "2024-04-07 01:45", ["14:45", "15:15"]),
        ("Australia/Lord_Howe", "2024-10-06 02:15", ["15:15", "15:45"]),
        ("America/Santiago", "2024-09-08 00:30", ["03:30", "04:30"]),
        ("America/St_Johns", "2024-11-03 01:30", ["04:00", "05:00"]),
        ("Pacific/Auckland", "2024-04-07 02:30", ["13:30", "14:30"]),
        ("Asia/Kathmandu", "2024-10-27 02:30", ["20:45"]),
    ],
)
def test_the_moments_that_a_time_may_be(zone: str, clock: str, moments: list[str]) -> None:
    found = readings(datetime.fromisoformat(clock), Zone(zone))
    assert [f"{moment.astimezone(UTC):%H:%M}" for moment in found] == moments
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "UTC"),
        ("Europe/Madrid", "UTC+1"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("America/St_Johns", "UTC-3:30"),
    ],
)
def test_an_offset_is_said_in_hours(zone: str, words: str) -> None:
    assert offset_words(datetime(2024, 1, 1, tzinfo=Zone(zone))) == words


@pytest.mark.parametrize(
    "name", [None, "", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "europe/madrid", "x" * 5000]
)
def test_a_zone_that_is_none_is_none(name: str | None) -> None:
    assert find_zone(name) is None


# On the pages


@pytest.fixture
def madrid(signed_in: FlaskClient) -> FlaskClient:
    """A browser that says it is in Madrid."""
    signed_in.set_cookie("zone", "Europe/Madrid")
    return signed_in


def add_post(timestamp: datetime, body: str = "hello") -> Post:
    post = Post(body=body, timestamp=timestamp)
    db.session.add(post)
    db.session.commit()
    return post


def posts() -> list[Any]:
    db.session.rollback()
    return list(db.session.scalars(select(Post.timestamp).order_by(Post.id)))


def choose(client: FlaskClient, **preferences: str) -> None:
    answer = submit(client, "/admin/account/", "/admin/account/preferences/", **preferences)
    assert answer.status_code == 303, answer.text


def test_times_are_shown_on_the_clocks_of_the_browser(madrid: FlaskClient) -> None:
    post = add_post(datetime(2024, 5, 31, 22, 30, 15, 123456))
    page = madrid.get("/admin/post/").text
    assert '<span class="zone" title="Europe/Madrid">Madrid</span>' in page
    assert 'title="2024-05-31 22:30:15.123456 UTC">1 Jun 2024, 00:30</time>' in page
    details = madrid.get(f"/admin/post/details/?id={post.id}").text
    assert "1 Jun 2024, 00:30:15.123456 CEST, UTC+2" in details
    assert "times in Europe/Madrid" in details


def test_a_chosen_zone_goes_before_that_of_the_browser(madrid: FlaskClient) -> None:
    add_post(datetime(2024, 5, 31, 22, 30))
    choose(madrid, time_zone="Asia/Kathmandu", language="")
    assert "1 Jun 2024, 04:15" in madrid.get("/admin/post/").text
    page = madrid.get("/admin/account/").text
    assert '<option selected value="Asia/Kathmandu">Kathmandu</option>' in page
    assert "As this browser says (Europe/Madrid)" in page
    choose(madrid, time_zone="", language="")
    assert "1 Jun 2024, 00:30" in madrid.get("/admin/post/").text


@pytest.mark.parametrize("cookie", ["", "Mars/Olympus", "../etc/passwd", "<script>", "%01"])
def test_a_browser_that_names_no_zone_reads_utc(signed_in: FlaskClient, cookie: str) -> None:
    signed_in.set_cookie("zone", cookie)
    assert "times in UTC" in signed_in.get("/admin/").text


def test_a_zone_or_language_that_there_is_not_cannot_be_chosen(signed_in: FlaskClient) -> None:
    token = token_of(signed_in.get("/admin/account/"))
    for wrong in ({"time_zone": "Mars/Olympus"}, {"language": "tlh"}):
        answer = signed_in.post(
            "/admin/account/preferences/",
            data={"csrf_token": token, "time_zone": "", "language": "", **wrong},
        )
        assert answer.status_code == 422
        assert "This is not one of the choices." in answer.text


def test_choosing_is_no_history(signed_in: FlaskClient) -> None:
    before = db.session.scalars(select(Operation.id)).all()
    choose(signed_in, time_zone="Europe/Madrid", language="es")
    choose(signed_in, time_zone="Europe/Madrid", language="en")
    assert db.session.scalars(select(Operation.id)).all() == before


def test_a_time_is_entered_on_the_readers_clocks(madrid: FlaskClient) -> None:
    page = madrid.get("/admin/post/new/").text
    assert "In the time of Europe/Madrid (UTC+" in page
    for typed in (
        "2024-05-31 14:00:00.000007",
        "2024-05-31T14:00:00.000007+02:00",
        "2024-05-31 12:00:00.000007Z",
    ):
        submit(madrid, "/admin/post/new/", body="new", timestamp=typed)
    assert posts() == [datetime(2024, 5, 31, 12, 0, 0, 7)] * 3


def test_the_zone_of_the_form_counts_and_not_that_of_its_sending(madrid: FlaskClient) -> None:
    post = add_post(datetime(2024, 5, 31, 12, 0))
    sent = {"timestamp": "2024-05-31 14:00:00", "timestamp.zone": "Europe/Madrid", "body": "edited"}
    madrid.set_cookie("zone", "Asia/Tokyo")
    assert submit(madrid, f"/admin/post/edit/?id={post.id}", **sent).status_code == 303
    assert posts() == [datetime(2024, 5, 31, 12, 0)]
    submit(madrid, f"/admin/post/edit/?id={post.id}", **{**sent, "timestamp": "2024-05-31 15:00:00"})
    assert posts() == [datetime(2024, 5, 31, 13, 0)]


def test_a_form_of_a_zone_that_there_is_not_is_refused(madrid: FlaskClient) -> None:
    answer = submit(
        madrid,
        "/admin/post/new/",
        **{"body": "x", "timestamp": "2024-05-31", "timestamp.zone": "Mars/Olympus"},
    )
    assert answer.status_code == 422
    assert "The time zone of this form is not known here." in answer.text
    assert posts() == []


@pytest.mark.parametrize(
    ("typed", "first", "second"),
    [
        ("2024-10-27 02:30:00", "2024-10-27 02:30:00+02:00", "2024-10-27 02:30:00+01:00"),
        ("2024-03-31 02:30:00", "2024-03-31 01:30:00+01:00", "2024-03-31 03:30:00+02:00"),
    ],
)
def test_a_time_that_is_none_or_two_is_asked_about(
    madrid: FlaskClient, typed: str, first: str, second: str
) -> None:
    page = "/admin/post/new/"
    asked = submit(madrid, page, body="mine", timestamp=typed)
    assert asked.status_code == 422
    assert posts() == []
    offered = re.findall(r'type="radio" name="timestamp.meant"[^>]* value="([^"]+)"', asked.text)
    assert offered == [first, second]
    for meant in offered:
        sent = {
            "body": "mine",
            "timestamp": typed,
            "timestamp.zone": "Europe/Madrid",
            "timestamp.meant": meant,
        }
        assert submit(madrid, page, **sent).status_code == 303
        assert submit(madrid, page, body="mine", timestamp=meant).status_code == 303
    expected = [utc(datetime.fromisoformat(meant)) for meant in offered]
    assert posts() == [expected[0], expected[0], expected[1], expected[1]]


def test_a_choice_for_another_time_chooses_nothing(madrid: FlaskClient) -> None:
    sent = {"timestamp": "2024-10-27 02:45:00", "timestamp.meant": "2024-10-27 02:30:00+02:00"}
    assert submit(madrid, "/admin/post/new/", body="mine", **sent).status_code == 422
    assert posts() == []


def test_an_unedited_time_in_the_repeated_hour_stays(madrid: FlaskClient) -> None:
    moments = [datetime(2024, 10, 27, hour, 30, 0, 1) for hour in (0, 1)]
    for moment in moments:
        post = add_post(moment)
        page = madrid.get(f"/admin/post/edit/?id={post.id}").text
        shown = re.search(r'name="timestamp"[^>]*value="([^"]+)"', page)
        assert shown
        submit(madrid, f"/admin/post/edit/?id={post.id}", body="edited", timestamp=shown[1])
    assert posts() == moments


def test_the_end_of_the_calendar_can_be_shown(madrid: FlaskClient) -> None:
    post = add_post(datetime(9999, 12, 31, 23, 59, 59))
    for page in ("", f"edit/?id={post.id}", f"details/?id={post.id}"):
        assert madrid.get(f"/admin/post/{page}").status_code == 200


# Filters


@pytest.mark.parametrize(
    ("zone", "day", "begins", "ends"),
    [
        ("UTC", "2024-03-31", "2024-03-31 00:00", "2024-04-01 00:00"),
        ("Europe/Madrid", "2024-03-31", "2024-03-30 23:00", "2024-03-31 22:00"),  # of 23 hours
        ("Europe/Madrid", "2024-10-27", "2024-10-26 22:00", "2024-10-27 23:00"),  # of 25
        ("America/Santiago", "2024-09-08", "2024-09-08 04:00", "2024-09-09 03:00"),  # without a midnight
        ("America/Havana", "2024-11-03", "2024-11-03 04:00", "2024-11-04 05:00"),  # with two
        ("Australia/Lord_Howe", "2024-04-07", "2024-04-06 13:00", "2024-04-07 13:30"),
    ],
)
def test_a_day_is_the_readers_day(
    signed_in: FlaskClient, zone: str, day: str, begins: str, ends: str
) -> None:
    signed_in.set_cookie("zone", zone)
    begin, end = map(datetime.fromisoformat, (begins, ends))
    second = timedelta(seconds=1)
    for body, moment in (
        ("before", begin - second),
        ("first", begin),
        ("last", end - second),
        ("after", end),
    ):
        add_post(moment, f"{body} one")
    address = f"timestamp_between={day}..{day}"
    for page in (f"/admin/post/?{address}", f"/admin/post/export/csv/?{address}"):
        answer = signed_in.get(page).text
        found = {name for name in ("before", "first", "last", "after") if f"{name} one" in answer}
        assert found == {"first", "last"}, page


def test_a_filter_asks_too_which_of_two_times_is_meant(madrid: FlaskClient) -> None:
    add_post(datetime(2024, 10, 27, 1, 0))
    page = unescape(madrid.get("/admin/post/?timestamp_after=2024-10-27T02:30").text)
    assert "Which is meant, 2024-10-27T02:30+02:00 or 2024-10-27T02:30+01:00?" in page
    assert "hello" not in page
    assert "hello" in madrid.get("/admin/post/?timestamp_after=2024-10-27T02:30%2B02:00").text
    assert "hello" not in madrid.get("/admin/post/?timestamp_after=2024-10-27T02:30%2B01:00").text
