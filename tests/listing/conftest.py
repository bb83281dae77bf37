"""Sessions on a database that has the users, the posts and the tables of these tests."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import cast

import pytest
from sqlalchemy import Engine, Table, create_engine
from sqlalchemy.orm import Session

from backoffice import connections
from backoffice.extensions import Model
from backoffice.listing import search_index
from backoffice.listing.search_index import Searched
from backoffice.models import Post, User
from tests.conftest import settings
from tests.listing.tables import Base


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The database with empty tables, configured as the console does it."""
    chosen = settings(database_url)
    engine = create_engine(chosen["SQLALCHEMY_DATABASE_URI"], **chosen["SQLALCHEMY_ENGINE_OPTIONS"])
    connections.configure(engine, chosen)
    Model.metadata.create_all(engine, tables=[cast(Table, each.__table__) for each in (User, Post)])
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["index", "no index"])
def searched_engine(engine: Engine, request: pytest.FixtureRequest) -> Engine:
    """The database with a search index, where it knows one, and without."""
    if request.param == "index":
        make_search_index(engine)
    return engine


def make_search_index(engine: Engine) -> None:
    """Make a search index of users and posts, as a migration does."""
    for model, columns in ((User, ("username", "email")), (Post, ("body",))):
        with engine.begin() as connection:
            search_index.create(connection, Searched(cast(Table, model.__table__), columns), nullcontext)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on it."""
    with Session(engine) as session:
        yield session
