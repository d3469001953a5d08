"""Everything that can be wrong with an answer, and what it must become.

By the table in docs/semantics.md. The sandbox's own faults are rules; the rest are damages for the
proxy in raw.py.
"""

import email.utils
import errno
import functools
import gzip
import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from faults import ALLOWANCE
from raw import KEEP, RESET, Answer

LISTS = {"communities", "departments", "first", "middle", "last"}
SINGLES = {"organization", "user"}
# A 400 or a 404 to one window of a list is made up for by others.
NOT_BRIDGED = {"communities", "organization", "departments", "first"}
NOT_SHRUNK = NOT_BRIDGED | {"user"}  # where no smaller page would do
FIRST_TOTALS = {"departments", "first"}  # communities give none
NO_MORE = "no answer within the timeout"
NOT_RIGHT = "HTTP 200, but: "
MIXED = "did not fit together|did not agree|totalItems|totalPages|HTTP 200, but: "
LONG = 60


@dataclass
class Case:
    """How to break an answer, and the errno and the log line that this must become."""

    how: dict | Callable[[], dict] | Callable[[Answer], object]
    error: int
    message: str
    only: set[str] | None = None  # the places where this can be
    tries: int | None = None  # how often a single record may be asked for
    timeout: int = 0  # 0: enough for all tries, or little where it is what ends them

    def __post_init__(self):
        waits = self.error in (errno.ETIMEDOUT, errno.EAGAIN)
        self.timeout = self.timeout or (2 if waits else 15)

    @property
    def raw(self) -> bool:
        return not isinstance(self.rule, dict)

    @property
    def rule(self):
        return self.how() if getattr(self.how, "of_now", False) else self.how

    def fits(self, place: str) -> bool:
        return self.only is None or place in self.only


def of_now(make: Callable[[], dict]) -> Callable[[], dict]:
    """A rule that depends on what time it is."""
    make.of_now = True
    return make


# -------- statuses --------


@of_now
def retry_at_a_date():
    date = email.utils.formatdate(time.time() + 4, usegmt=True)
    return {"status": 429, "headers": {"Retry-After": date}}


STATUSES = {
    "400": Case({"status": 400}, errno.EINVAL, "HTTP 400: Invalid URL", tries=1, only=NOT_BRIDGED),
    "401": Case({"status": 401}, errno.EACCES, "HTTP 401: Incorrect API Key", tries=1),
    "403": Case({"status": 403}, errno.EACCES, "HTTP 403: The user does not", tries=1),
    "404": Case({"status": 404}, errno.EIO, "HTTP 404: The resource", tries=1, only=NOT_BRIDGED),
    "429": Case({"status": 429}, errno.EAGAIN, "HTTP 429: Too many|no call was free"),
    "429 for seconds": Case(
        {"status": 429, "headers": {"Retry-After": "3"}},
        errno.EAGAIN,
        "HTTP 429: Too many|no call was free",
        tries=1,
    ),
    "429 until a date": Case(
        retry_at_a_date, errno.EAGAIN, "HTTP 429: Too many|no call was free", tries=1
    ),
    "429 for the allowance": Case(
        {"status": 429, "body": ALLOWANCE},
        errno.EDQUOT,
        "HTTP 429: API call limit exceeded",
        tries=1,
    ),
    "500": Case({"status": 500}, errno.EIO, "HTTP 500: We are not able", tries=4),
    "502 with HTML": Case(
        {"status": 502, "body": "<html><h1>502 Bad Gateway</h1></html>"},
        errno.EIO,
        "HTTP 502",
        tries=4,
    ),
    "503": Case({"status": 503}, errno.EIO, "HTTP 503", tries=4),
    "204": Case({"status": 204, "body": ""}, errno.EBADMSG, "HTTP 204", tries=1),
}

# -------- the connection --------


def closed_before_the_header(answer):
    return []


def reset_before_the_header(answer):
    return [RESET]


def closed_in_the_first_line(answer):
    return answer.head()[:10]


def closed_in_the_header(answer):
    return answer.head()[:-30]


def closed_after_the_header(answer):
    return answer.head()


def cut_body(answer):
    return answer.whole()[:-9]


def reset_in_the_body(answer):
    yield answer.whole()[:-9]
    yield 0.05  # else it may overtake what was sent
    yield RESET


def length_too_large(answer):
    return answer.whole(Content_Length=len(answer.body) + 1)


def length_too_large_and_open(answer):
    yield answer.whole(Content_Length=len(answer.body) + 1)
    yield LONG


def length_too_small(answer):
    yield answer.whole(Content_Length=len(answer.body) - 1)
    yield KEEP


def length_that_is_none(answer):
    return answer.whole(Content_Length="many")


def length_of_less_than_nothing(answer):
    return answer.whole(Content_Length="-5")


def two_lengths(answer):
    head = answer.head()[:-2] + b"Content-Length: 7\r\n\r\n"
    return head + answer.body


def chunks(body: bytes, size: int = 1000) -> bytes:
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def chunked_head(answer) -> bytes:
    return answer.head(Content_Length=None, Transfer_Encoding="chunked")


def chunked(answer):
    yield chunked_head(answer) + chunks(answer.body) + b"0\r\n\r\n"
    yield KEEP


def chunks_cut(answer):
    return chunked_head(answer) + chunks(answer.body)[:-9]


def chunks_without_an_end(answer):
    return chunked_head(answer) + chunks(answer.body)


def chunks_of_no_size(answer):
    return chunked_head(answer) + b"zz\r\n" + answer.body


def stall_before_the_header(answer):
    yield LONG


def stall_in_the_header(answer):
    yield answer.head()[:40]
    yield LONG


def stall_after_the_header(answer):
    yield answer.head()
    yield LONG


def stall_in_the_body(answer):
    yield answer.whole()[:-9]
    yield LONG


def drip(answer):
    for byte in answer.whole():
        yield bytes([byte])
        yield 1


def drip_of_the_body(answer):
    yield answer.head()
    for byte in answer.body:
        yield bytes([byte])
        yield 1


LENGTH = "Content-Length"
CUT = "transfer closed|[Rr]eset|bytes|chunk|HTTP 200, but: "

CONNECTION = {
    "closed before the header": Case(closed_before_the_header, errno.ECONNRESET, "[Ee]mpty reply"),
    "reset before the header": Case(reset_before_the_header, errno.ECONNRESET, "reset"),
    "closed in the first line": Case(closed_in_the_first_line, errno.ECONNRESET, "[Ee]mpty reply"),
    "closed in the header": Case(closed_in_the_header, errno.EBADMSG, "in the header", tries=4),
    "closed after the header": Case(closed_after_the_header, errno.EBADMSG, CUT),
    "a cut body": Case(cut_body, errno.EBADMSG, CUT),
    "reset in the body": Case(reset_in_the_body, errno.ECONNRESET, CUT),
    "Content-Length too large": Case(length_too_large, errno.EBADMSG, CUT),
    "Content-Length too large, still open": Case(
        length_too_large_and_open, errno.ETIMEDOUT, NO_MORE
    ),
    "Content-Length too small": Case(length_too_small, errno.EBADMSG, "HTTP 200, but: |HTTP/0.9"),
    "Content-Length that is none": Case(length_that_is_none, errno.EBADMSG, LENGTH),
    "Content-Length below 0": Case(length_of_less_than_nothing, errno.EBADMSG, LENGTH),
    "two Content-Lengths": Case(two_lengths, errno.EBADMSG, NOT_RIGHT + "|" + LENGTH),
    "chunks cut": Case(chunks_cut, errno.EBADMSG, CUT),
    "chunks without an end": Case(chunks_without_an_end, errno.EBADMSG, CUT),
    "chunks of no size": Case(chunks_of_no_size, errno.EBADMSG, "chunk"),
    "a stall before the header": Case(stall_before_the_header, errno.ETIMEDOUT, NO_MORE),
    "a stall in the header": Case(stall_in_the_header, errno.ETIMEDOUT, NO_MORE),
    "a stall after the header": Case(stall_after_the_header, errno.ETIMEDOUT, NO_MORE),
    "a stall in the body": Case(stall_in_the_body, errno.ETIMEDOUT, NO_MORE),
    "a drip": Case(drip, errno.ETIMEDOUT, NO_MORE),
    "a drip of the body": Case(drip_of_the_body, errno.ETIMEDOUT, NO_MORE),
}

# -------- HTTP --------


def body_of(body: bytes, **headers) -> Callable[[Answer], bytes]:
    return lambda answer: answer.whole(body, **headers)


def garbage(answer):
    return bytes(range(256)) * 8


def ssh(answer):
    return b"SSH-2.0-OpenSSH_9.2\r\n"


def http_0_9(answer):
    return answer.body


def long_header(answer):
    return answer.whole(X_Long="x" * 2**20)


def gzipped(answer):
    yield answer.whole(gzip.compress(answer.body), Content_Encoding="gzip")
    yield KEEP


def gzip_cut(answer):
    return answer.whole(gzip.compress(answer.body)[:-20], Content_Encoding="gzip")


def gzip_damaged(answer):
    packed = bytearray(gzip.compress(answer.body))
    packed[-6] ^= 1  # in the checksum
    return answer.whole(bytes(packed), Content_Encoding="gzip")


@functools.cache
def spaces(megabytes: int) -> bytes:
    return b" " * (megabytes << 20)


@functools.cache
def packed_bomb() -> bytes:
    return gzip.compress(b'{"response":[' + spaces(72) + b"]}")


@functools.cache
def packed_twice() -> bytes:
    return gzip.compress(packed_bomb())


def gzip_bomb(answer):
    assert len(packed_bomb()) < 80000
    return answer.whole(packed_bomb(), Content_Encoding="gzip")


def gzip_bomb_in_gzip(answer):
    assert len(packed_twice()) < 4000
    return answer.whole(packed_twice(), Content_Encoding="gzip, gzip")


def too_large(answer):
    yield answer.head(Content_Length=len(answer.body) + (33 << 20)) + b" "
    yield spaces(33)
    yield answer.body


def too_large_in_chunks(answer):
    yield chunked_head(answer)
    yield chunks(spaces(33), 1 << 20) + chunks(answer.body) + b"0\r\n\r\n"


ENCODING = "encoding"
SLOW = 15  # seconds, for much is sent

HTTP = {
    "an empty body": Case(body_of(b""), errno.EBADMSG, NOT_RIGHT, tries=1),
    "garbage instead of HTTP": Case(garbage, errno.EBADMSG, "HTTP"),
    "SSH instead of HTTP": Case(ssh, errno.EBADMSG, "HTTP"),
    "HTTP/0.9": Case(http_0_9, errno.EBADMSG, "HTTP"),
    "a header of 1 MB": Case(long_header, errno.EBADMSG, "header|[Tt]oo (large|long)"),
    "gzip that is none": Case(
        body_of(b"\x1f\x8bno gzip at all", Content_Encoding="gzip"), errno.EBADMSG, ENCODING
    ),
    "gzip said, JSON sent": Case(
        lambda answer: answer.whole(Content_Encoding="gzip"), errno.EBADMSG, ENCODING
    ),
    "gzip cut": Case(gzip_cut, errno.EBADMSG, NOT_RIGHT + "|" + ENCODING),
    "gzip with a wrong checksum": Case(gzip_damaged, errno.EBADMSG, ENCODING),
    "a gzip bomb": Case(gzip_bomb, errno.EBADMSG, "32 MiB", NOT_SHRUNK, timeout=SLOW),
    "a gzip bomb in gzip": Case(gzip_bomb_in_gzip, errno.EBADMSG, "32 MiB", NOT_SHRUNK, timeout=SLOW),
    "an unknown encoding": Case(
        lambda answer: answer.whole(Content_Encoding="rot13"), errno.EBADMSG, ENCODING
    ),
    "a body of 33 MiB": Case(too_large, errno.EBADMSG, "32 MiB", NOT_SHRUNK, timeout=SLOW),
    "chunks of 33 MiB": Case(too_large_in_chunks, errno.EBADMSG, "32 MiB", NOT_SHRUNK, timeout=SLOW),
}

# -------- JSON --------

FIRST_ID = re.compile(rb'"(id|userID|departmentID|organizationID)":(\d+)')


def first_id(text: bytes) -> Callable[[Answer], bytes]:
    """The first record's ID, as this; %n is its name, %i the number."""

    def damage(answer):
        name, number = FIRST_ID.search(answer.body).groups()
        new = text.replace(b"%n", name).replace(b"%i", number)
        return answer.whole(FIRST_ID.sub(lambda _: new, answer.body, count=1))

    return damage


def member(value: bytes) -> Callable[[Answer], Iterable]:
    """One member more in the first record."""

    def damage(answer):
        new = rb'"\1":\2,"odd":' + value.replace(b"\\", rb"\\")
        yield answer.whole(FIRST_ID.sub(new, answer.body, count=1))
        yield KEEP

    return damage


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def records(body: bytes) -> list[str]:
    """The text of each record of a list."""
    text = body.decode()
    at, found = text.index("[") + 1, []
    while text[at] == "{":
        end = json.JSONDecoder().raw_decode(text, at)[1]
        found.append(text[at:end])
        at = end + (text[end] == ",")
    return found


def same_person_twice(answer):
    """With another value, instead of the one behind it, so that the number of them is right."""
    first, second = records(answer.body)[:2]
    other = first[:-1] + ',"odd":1}'
    return answer.whole(answer.body.replace(second.encode(), other.encode(), 1))


def response_twice(answer):
    start = answer.body[: answer.body.rindex(b"}")]
    again = start[start.index(b'"response"') :]
    return answer.whole(start + b"," + again + b"}")


def cut_json(answer):
    return answer.whole(answer.body[: len(answer.body) // 2])


def more_behind(answer):
    return answer.whole(answer.body + b"{}")


def with_mark(answer):
    """A byte-order mark, which JSON must not have."""
    return answer.whole(b"\xef\xbb\xbf" + answer.body)


def in_utf_16(answer):
    return answer.whole(answer.body.decode().encode("utf-16"))


def pages(name: bytes, value: bytes) -> Callable[[Answer], bytes]:
    """A number of the pagination, as this."""

    def damage(answer):
        new, count = re.subn(rb'("%s":)\d+' % name, rb"\g<1>" + value, answer.body)
        assert count == 1
        return answer.whole(new)

    return damage


def wrong(how, only=None, message=NOT_RIGHT) -> Case:
    return Case(how, errno.EBADMSG, message, only)


JSON = {
    "no JSON": wrong(body_of(b"<p>Hello</p>")),
    "JSON that is cut": wrong(cut_json),
    "more behind the JSON": wrong(more_behind),
    "UTF-16": wrong(in_utf_16),
    "an array": wrong(body_of(b"[]")),
    "a string": wrong(body_of(b'"response"')),
    "a number": wrong(body_of(b"42")),
    "an object without a response": wrong(body_of(b'{"data":[]}')),
    "an empty object": wrong(body_of(b"{}")),
    "null": wrong(body_of(b'{"response":null}')),
    "an empty object for the response": wrong(body_of(b'{"response":{}}')),
    "a list of lists": wrong(body_of(b'{"response":[[]]}')),
    "a list of numbers": wrong(body_of(b'{"response":[1,2]}')),
    "an empty list for a record": wrong(body_of(b'{"response":[]}'), SINGLES),
    "only NUL bytes": wrong(body_of(bytes(1000))),
    "a NUL byte in a string": wrong(member(b'"a\0b"')),
    "a NUL byte for a space": wrong(member(b"\0 1")),
    "invalid UTF-8": wrong(member(b'"a\xff\xfeb"')),
    "UTF-8 that is too long": wrong(member(b'"\xc0\xaf"')),
    "a surrogate in UTF-8": wrong(member(b'"\xed\xa0\x80"')),
    "200 levels": wrong(member(nested(200))),
    "100,000 levels": wrong(member(nested(100000))),
    "the ID twice in a record": wrong(first_id(b'"%n":%i,"%n":4711')),
    "the same ID twice in a record": wrong(first_id(b'"%n":%i,"%n":%i')),
    "the response twice": wrong(response_twice),
    "no ID": wrong(first_id(b'"other":%i')),
    "ID 0": wrong(first_id(b'"%n":0')),
    "a negative ID": wrong(first_id(b'"%n":-%i')),
    "a string for an ID": wrong(first_id(b'"%n":"%i"')),
    "null for an ID": wrong(first_id(b'"%n":null')),
    "an ID with a fraction": wrong(first_id(b'"%n":%i.5')),
    "an ID of 2^53+1 that is rounded": wrong(first_id(b'"%n":9007199254740993.0')),
    "an ID past 2^63": wrong(first_id(b'"%n":9223372036854775808')),
    "an ID of 1e400": wrong(first_id(b'"%n":1e400')),
    "a person who is there twice": wrong(same_person_twice, LISTS, "twice"),
    "another record": wrong(first_id(b'"%n":4711'), SINGLES),
    # A window that lies of its total is put right by the others, but not if all of them do.
    "totalItems too large": wrong({"lie_total": 9999}, {"departments"}, MIXED),
    "totalItems too small": wrong({"lie_total": 5}, {"departments"}, MIXED),
    "totalItems of a billion": wrong({"lie_total": 10**9}, FIRST_TOTALS, MIXED),
    "totalItems past 2^63": wrong(
        pages(b"totalItems", b"1" + b"0" * 30), FIRST_TOTALS, MIXED
    ),
}

FAULTS = STATUSES | CONNECTION | HTTP | JSON

# -------- what must simply work --------


def http_1_0(answer):
    return answer.head("1.0", Content_Length=None) + answer.body


def closed_at_the_end(answer):
    return answer.head(Content_Length=None, Connection="close") + answer.body


def in_small_pieces(answer):
    text = answer.whole()
    step = len(text) // 10 + 1
    for at in range(0, len(text), step):
        yield text[at : at + step]
        yield 0.01
    yield KEEP


def with_many_headers(answer):
    yield answer.whole(**{f"X-{i}": "x" * 100 for i in range(100)})
    yield KEEP


def in_lower_case(answer):
    head = b"\r\n".join(
        line.lower() if i else line for i, line in enumerate(answer.head().split(b"\r\n"))
    )
    return head + answer.body


def after_a_100(answer):
    yield b"HTTP/1.1 100 Continue\r\n\r\n" + answer.whole()
    yield KEEP


@dataclass
class Good:
    """An answer that is unusual and right; `odd` is the first record's member in a file."""

    how: Callable[[Answer], object]
    odd: str | None = None


def deep_text(levels: int) -> str:
    """As `jq .` lays it out, two spaces further in."""
    lines = ["  " * i + "[" for i in range(levels - 1)]
    lines += ["  " * (levels - 1) + "[]"]
    lines += ["  " * i + "]" for i in reversed(range(levels - 1))]
    return "\n".join(f"  {line}" for line in lines).lstrip()


GOOD = {
    "chunks": Good(chunked),
    "gzip": Good(gzipped),
    "HTTP/1.0 without a length": Good(http_1_0),
    "HTTP/1.1 without a length": Good(closed_at_the_end),
    "small pieces": Good(in_small_pieces),
    "100 headers": Good(with_many_headers),
    "lower case": Good(in_lower_case),
    "100 Continue": Good(after_a_100),
    "20 levels": Good(member(nested(20)), deep_text(20)),
    "a lone surrogate": Good(member(rb'"\ud800"'), r'"\ud800"'),
    "a lone low surrogate": Good(member(rb'"\udc00x"'), r'"\udc00x"'),
    "a NUL escape": Good(member(rb'"a\u0000b"'), r'"a\u0000b"'),
    "a number past 2^63": Good(member(b"9223372036854775808"), "9223372036854775808"),
    "a number of 60 digits": Good(member(b"1" * 60), "1" * 60),
    "1e400": Good(member(b"1e400"), "1e400"),
    "-1E-400": Good(member(b"-1E-400"), "-1E-400"),
    "a key twice": Good(member(b'1,"odd":2'), '1,\n  "odd": 2'),
}
