"""Whatever number a column takes is shown to its last digit, wherever it stands."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import BigInteger, Double, Numeric, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from backoffice.console.records.view import RecordView
from backoffice.extensions import db
from backoffice.models import Operation
from tests.browsing import submit

pytestmark = [pytest.mark.own_app, pytest.mark.every_database]


class Base(DeclarativeBase):
    """Apart from the models of the console, which `db check` looks at."""


class Reading(Base):
    __tablename__ = "reading"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    exact: Mapped[Decimal | None] = mapped_column(Numeric(40, 12))
    rough: Mapped[float | None] = mapped_column(Double)
    whole: Mapped[int | None] = mapped_column(BigInteger)


class ReadingView(RecordView):
    column_list = ("id", "name", "exact", "rough", "whole")
    form_columns = ("name", "exact", "rough", "whole")
    bulk_edit_columns = ("exact", "rough", "whole")


# SQLite keeps decimals as floats of 15 digits.
EXACT = {
    "sqlite": {"12345678.1234": "12,345,678.1234", "0.0004": "0.0004"},
    "postgresql": {
        "12345678.1234": "12,345,678.1234",
        "0.0004": "0.0004",
        "1234567890123456789012345678.123456789012": "1,234,567,890,123,456,789,012,345,678.123456789012",
    },
}
EXACT["mariadb"] = EXACT["postgresql"]
ROUGH = {
    "0.30000000000000004": "0.30000000000000004",
    "1e28": "1E28",
    "1.5e300": "1.5E300",
    "5e-324": "5E-324",
}
WHOLE = {"9007199254740993": "9,007,199,254,740,993", "-9223372036854775808": "-9,223,372,036,854,775,808"}


@pytest.fixture
def app(app: Flask) -> Flask:
    app.extensions["admin"][0].add_view(ReadingView(Reading))
    return app


@pytest.fixture
def readings(app: Flask, signed_in: FlaskClient) -> Iterator[FlaskClient]:
    Base.metadata.create_all(db.engine)
    yield signed_in
    db.session.rollback()
    Base.metadata.drop_all(db.engine)


def check_everywhere(browser: FlaskClient, column: str, typed: str, shown: str) -> None:
    """Type a number, see it in the list, the record and its history, and save it as it is."""
    made = submit(browser, "/admin/reading/new/", name="one", **{column: typed})
    assert made.status_code == 303, made.text
    key = db.session.scalar(db.select(Reading.id).order_by(Reading.id.desc()))
    (stored,) = db.session.execute(db.select(Reading.__table__).where(Reading.id == key))
    operation = db.session.scalar(db.select(Operation.id).order_by(Operation.id.desc()))
    pages = [
        "/admin/reading/",
        f"/admin/reading/details/?id={key}",
        f"/admin/history/record/?table=reading&key={key}",
        f"/admin/history/details/?id={operation}",
    ]
    for page in pages:
        assert shown in browser.get(page).text, (page, typed)
    form = f"/admin/reading/edit/?id={key}"
    again = browser.get(form).text.partition(f'name="{column}"')[2].partition('value="')[2].partition('"')[0]
    assert submit(browser, form, **{"name": "one", column: again}).status_code == 303
    assert "Nothing was changed" in browser.get("/admin/reading/").text
    (kept,) = db.session.execute(db.select(Reading.__table__).where(Reading.id == key))
    assert kept == stored


@pytest.mark.parametrize("column", ["exact", "rough", "whole"])
def test_a_number_is_shown_whole(readings: FlaskClient, column: str) -> None:
    exact = EXACT[db.engine.dialect.name.replace("mysql", "mariadb")]
    for typed, shown in {"exact": exact, "rough": ROUGH, "whole": WHOLE}[column].items():
        check_everywhere(readings, column, typed, shown)
