"""A request that arrives in any pieces is read as gunicorn reads it in one."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import pairwise
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import ChunkMissingTerminator, NoMoreData, ParseException
from gunicorn.http.parser import RequestParser
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.commands.web_worker.arrival import LONGEST_HEAD, Arrival
from backoffice.commands.web_worker.body import IN_MEMORY, TooLong

CFG = Config()
CLIENT = ("127.0.0.1", 1)
LONGEST = 200_000
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
LINES = (b"GET / HTTP/1.1\r\n", b"POST /a?b=%00 HTTP/1.1\r\n", b"HEAD / HTTP/1.0\r\n", b"get /\r\n", b"\r\n")
HEADERS = (
    b"Host: a\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: 0\r\n",
    b"Content-Length: -1\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip\r\n",
    b"Bad Name: 1\r\n",
    b"Folded: 1\r\n 2\r\n",
    b"Bare: 1\n",
    b"Nul: \0\r\n",
    b"Expect: 100-continue\r\n",
)
BODIES = (
    b"hello",
    b"5\r\nhello\r\n",
    b"3;a=b\r\nabc\r\n",
    b"3;a b\r\nabc\r\n",
    b"3\r\nabcde\r\n",
    b"A\r\n0123456789\r\n",
    b"0\r\n\r\n",
    b"0\r\nX: 1\r\n\r\n",
    b"0\r\nno trailer\r\n\r\n",
    b"5\r\nhell\r\n",
    b"-1\r\n",
    b"g\r\n",
    b"\r\n",
    b"\n",
)
bodies = st.lists(st.sampled_from(BODIES), max_size=4).map(b"".join)
heads = st.builds(
    lambda line, headers: b"".join((line, *headers, b"\r\n")),
    st.sampled_from(LINES),
    st.lists(st.sampled_from(HEADERS), max_size=4),
)
streams = st.builds(bytes.__add__, st.just(CHUNKED) | heads, bodies)
Read = tuple[Any, ...]


def read_at_once(stream: bytes) -> Read:
    """What gunicorn's own parser makes of the first request, and what it leaves."""
    parser = RequestParser(CFG, [stream], CLIENT)
    try:
        request = next(parser)
        length = getattr(request.body.reader, "length", None)
        body = request.body.read()
    except ChunkMissingTerminator as error:
        return ("refused",) if len(error.term) == 2 else ("incomplete",)
    except ParseException:
        return ("refused",)
    except NoMoreData:
        return ("incomplete",)
    if length is not None and len(body) < length:
        return ("incomplete",)
    return request.method, request.uri, request.headers, body, parser.unreader.take_buffered()


def read_in(pieces: Iterable[bytes]) -> Read:
    """What we make of it."""
    with closing(Arrival(CFG, CLIENT)) as arrival:
        try:
            is_whole = [feed(arrival, piece) for piece in pieces][-1]
        except ParseException:
            return ("refused",)
        if not is_whole:
            return ("incomplete",)
        request, body = arrival.request, arrival.body.file.read() if arrival.body else b""
        return request.method, request.uri, request.headers, body, bytes(arrival.buffer)


def feed(arrival: Arrival, piece: bytes) -> bool:
    """Whether it is whole with this piece."""
    arrival.buffer += piece
    if arrival.request is None:
        if not arrival.take_head():
            return False
        if arrival.has_body:
            arrival.expect(LONGEST)
    return arrival.take_body()


def cut(stream: bytes, at: Iterable[int]) -> Iterator[bytes]:
    places = sorted({0, len(stream), *(place % (len(stream) + 1) for place in at)})
    return (stream[begin:end] for begin, end in pairwise(places))


@settings(deadline=None, max_examples=500)
@given(st.lists(streams, min_size=1, max_size=3).map(b"".join), st.lists(st.integers(min_value=0)))
def test_it_is_what_gunicorn_reads(stream: bytes, at: list[int]) -> None:
    ours, theirs = read_in(cut(stream, at)), read_at_once(stream)
    if theirs == ("incomplete",):
        # We need not wait for more to refuse what can be nothing.
        assert ours in (("incomplete",), ("refused",))
    else:
        assert ours == theirs
    assert read_in(cut(stream, range(len(stream)))) == read_in([stream])


@pytest.mark.parametrize("size", [0, 1, IN_MEMORY, IN_MEMORY + 1, LONGEST])
@pytest.mark.parametrize("piece", [100, 4_096, 65_536])
def test_a_body_in_chunks_is_the_body(size: int, piece: int) -> None:
    content = bytes(number % 251 for number in range(size))
    chunks = [content[begin : begin + piece] for begin in range(0, size, piece)]
    stream = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))
    read = read_in([CHUNKED, *cut(stream, range(0, len(stream), 1_000)), b"rest"])
    assert read[3:] == (content, b"rest")


def test_a_body_in_chunks_may_not_be_endless() -> None:
    chunk = b"%x\r\n%s\r\n" % (LONGEST // 2, b"a" * (LONGEST // 2))
    assert read_in([CHUNKED, chunk, chunk]) == ("incomplete",)
    for endless in (chunk * 3, b"FFFFFFFF\r\n"):
        with pytest.raises(TooLong):
            read_in([CHUNKED, endless])


@pytest.mark.parametrize(
    "endless",
    [
        b"G" * 9_000,
        b"GET /" + b"a" * 9_000,
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * (LONGEST_HEAD // 6),
        CHUNKED + b"1;" + b"a" * 2_000,
        CHUNKED + b"1\r\na\r\n" * 20_000,
        CHUNKED + b"0\r\n" + b"A: b\r\n" * 20_000,
        b"\x16\x03\x01",
    ],
)
def test_what_never_ends_is_refused_on_its_way(endless: bytes) -> None:
    assert read_in([endless]) == ("refused",)
