"""Sessions on a database that has the users, the posts and the tables of these tests."""

from collections.abc import Iterator
from typing import cast

import hypothesis
import pytest
from sqlalchemy import Engine, Table, create_engine
from sqlalchemy.orm import Session

from backoffice import database
from backoffice.extensions import Model
from backoffice.models import Post, User
from tests.conftest import settings
from tests.listing.tables import Base

# A busy machine is no failure.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The database with empty tables, configured as the console does it."""
    chosen = settings(database_url)
    engine = create_engine(chosen["SQLALCHEMY_DATABASE_URI"], **chosen["SQLALCHEMY_ENGINE_OPTIONS"])
    database.configure(engine, chosen)
    Model.metadata.create_all(engine, tables=[cast(Table, each.__table__) for each in (User, Post)])
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on it."""
    with Session(engine) as session:
        yield session
