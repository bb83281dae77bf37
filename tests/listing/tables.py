"""Tables with everything that the application's two do not have, in a metadata of their own."""

import enum
from datetime import datetime
from decimal import Decimal

from sqlalchemy import JSON, Enum, ForeignKey, Index, Numeric, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from backoffice.models.types import UTCDateTime


class Base(DeclarativeBase):
    """Apart from the console's own tables."""


class Shade(enum.Enum):
    LIGHT = "light"
    DARK = "dark"


class Sample(Base):
    """Values with ties and nulls, of each type that a list can be sorted by."""

    __tablename__ = "sample"
    __table_args__ = (Index("ix_sample_pair", "second", "unsorted"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int | None] = mapped_column(index=True)
    word: Mapped[str | None] = mapped_column(String(40), index=True)
    at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    second: Mapped[int | None] = mapped_column()
    unsorted: Mapped[int | None] = mapped_column()
    price: Mapped[Decimal | None] = mapped_column(Numeric(8, 2, asdecimal=False))
    active: Mapped[bool | None] = mapped_column()
    shade: Mapped[Shade | None] = mapped_column(Enum(Shade), index=True)
    extra: Mapped[dict[str, str] | None] = mapped_column(JSON)
    token: Mapped[str | None] = mapped_column(String(40), index=True)
    renamed: Mapped[str | None] = mapped_column("password_hash", String(40), index=True)


class Page(Base):
    """A key of text, and a relation to the table itself."""

    __tablename__ = "page"

    slug: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str | None] = mapped_column(Text)
    parent_slug: Mapped[str | None] = mapped_column(ForeignKey("page.slug"), index=True)

    parent: Mapped["Page | None"] = relationship(remote_side=slug, back_populates="children")
    children: Mapped[list["Page"]] = relationship(back_populates="parent")


class Pair(Base):
    """A key of two columns."""

    __tablename__ = "pair"

    left: Mapped[int] = mapped_column(primary_key=True)
    right: Mapped[int] = mapped_column(primary_key=True)


class Ambiguous(Base):
    """Two columns whose filters would have one name."""

    __tablename__ = "ambiguous"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(9))
    name_not: Mapped[str] = mapped_column(String(9))
