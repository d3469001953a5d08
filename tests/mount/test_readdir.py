"""Reading a directory in pieces, from any place, while the account changes."""

import ctypes
import errno
import os

import pytest

from account import ARCHIVE, DEPARTMENTS, FIELD, RESEARCH, department_names, file_names, users
from tools import error_of


class Dirent(ctypes.Structure):
    _fields_ = [
        ("ino", ctypes.c_uint64),
        ("off", ctypes.c_int64),
        ("reclen", ctypes.c_ushort),
        ("type", ctypes.c_ubyte),
        ("name", ctypes.c_char * 256),
    ]


libc = ctypes.CDLL(None, use_errno=True)
libc.opendir.restype = ctypes.c_void_p
libc.telldir.restype = ctypes.c_long
# By this name the structure is the same on machines of 32 and of 64 bits.
libc.readdir64.restype = ctypes.POINTER(Dirent)
libc.getdents64.restype = ctypes.c_ssize_t
libc.opendir.argtypes = [ctypes.c_char_p]
libc.seekdir.argtypes = [ctypes.c_void_p, ctypes.c_long]
for function in [libc.readdir64, libc.telldir, libc.rewinddir, libc.closedir]:
    function.argtypes = [ctypes.c_void_p]


class Directory:
    """opendir(3) and what goes with it."""

    def __init__(self, path):
        self.stream = libc.opendir(os.fsencode(path))
        assert self.stream

    def __enter__(self):
        return self

    def __exit__(self, *_):
        libc.closedir(self.stream)

    def next(self) -> str | None:
        entry = libc.readdir64(self.stream)
        return os.fsdecode(entry.contents.name) if entry else None

    def take(self, count: int) -> list[str]:
        return [self.next() for _ in range(count)]

    def rest(self) -> list[str]:
        return list(iter(self.next, None))

    def tell(self) -> int:
        return libc.telldir(self.stream)

    def seek(self, place: int):
        libc.seekdir(self.stream, place)

    def rewind(self):
        libc.rewinddir(self.stream)


@pytest.fixture
def fs(sandbox, mount, clock):
    return mount(sandbox, cache_ttl=60)


def all_names(sandbox) -> list[str]:
    return [".", "..", *file_names(sandbox.user_ids(FIELD))]


def test_dot_and_dotdot_come_first(sandbox, fs):
    for path, children in [(".", 2), ("communities", 4), (users(ARCHIVE), 0)]:
        with Directory(fs / path) as directory:
            names = directory.rest()
        assert names[:2] == [".", ".."] and len(names) == 2 + children


def test_rewinding_starts_over(sandbox, fs):
    with Directory(fs / users(FIELD)) as directory:
        first = directory.rest()
        directory.rewind()
        assert directory.rest() == first == all_names(sandbox)


def test_rewinding_shows_who_came_and_went_meanwhile(sandbox, fs, clock):
    with Directory(fs / users(FIELD)) as directory:
        directory.take(5)
        sandbox.change({"remove": sandbox.user_ids(FIELD)[0]}, {"add": FIELD, "id": 9000000})
        clock.outlive(60)
        directory.rewind()
        assert directory.rest() == all_names(sandbox)


def test_every_place_can_be_sought_again(sandbox, fs):
    with Directory(fs / users(FIELD)) as directory:
        places, names = [directory.tell()], []
        while (name := directory.next()) is not None:
            names.append(name)
            places.append(directory.tell())
        for index in [2500, 0, 1, 2, 3, 1000, 999, 1001, 2501, 17]:
            directory.seek(places[index])
            assert directory.next() == names[index]
        directory.seek(places[-1])
        assert directory.next() is None


# semantics: F5
def test_a_directory_that_is_being_read_goes_on_from_its_snapshot(sandbox, fs, clock):
    before = all_names(sandbox)
    with Directory(fs / users(FIELD)) as directory:
        begun = directory.take(10)
        sandbox.change(*({"remove": id} for id in sandbox.user_ids(FIELD)[::2]))
        clock.outlive(60)
        assert len(os.listdir(fs / users(FIELD))) == 1250, "others see the new listing"
        assert begun + directory.rest() == before


def test_a_place_in_a_directory_being_read_outlives_a_refresh(sandbox, fs, clock):
    before = all_names(sandbox)
    with Directory(fs / users(FIELD)) as directory:
        directory.take(2000)
        place = directory.tell()
        directory.rest()
        sandbox.change(*({"remove": id} for id in sandbox.user_ids(FIELD)[:500]))
        clock.outlive(60)
        os.listdir(fs / users(FIELD))
        directory.seek(place)
        assert directory.rest() == before[2000:]


def test_a_directory_of_a_department_that_is_gone_is_read_to_its_end(sandbox, fs, clock):
    before = all_names(sandbox)
    with Directory(fs / users(FIELD)) as directory:
        begun = directory.take(10)
        sandbox.change({"remove_department": FIELD})
        clock.outlive(60)
        assert os.listdir(fs / DEPARTMENTS) == department_names(1230, 1234, 1235)
        assert begun + directory.rest() == before


def test_a_directory_that_is_gone_does_not_look_empty_when_it_is_rewound(sandbox, fs, clock):
    """readdir(3) takes ENOENT for the end of the names."""
    first, second = (os.open(fs / users(FIELD), os.O_RDONLY) for _ in range(2))
    try:
        assert len(os.listdir(first)) == 2500
        sandbox.change({"remove_department": FIELD})
        clock.outlive(60)
        assert str(FIELD) not in os.listdir(fs / DEPARTMENTS)
        os.lseek(first, 0, os.SEEK_SET)
        assert error_of(os.listdir, first) == errno.ESTALE
        assert len(os.listdir(second)) == 2500, "it was open before, and goes on with that"
    finally:
        os.close(first)
        os.close(second)


def test_two_readers_do_not_disturb_each_other(sandbox, fs):
    names = all_names(sandbox)
    with Directory(fs / users(FIELD)) as one, Directory(fs / users(FIELD)) as other:
        assert one.take(1500) == names[:1500]
        assert other.take(3) == names[:3]
        assert one.rest() == names[1500:]
        assert other.rest() == names[3:]


def test_scandir_twice_lists_twice(fs):
    for _ in range(2):
        assert len(list(os.scandir(fs / users(FIELD)))) == 2500


@pytest.mark.parametrize("size", [280, 1000, 65536])
def test_small_and_large_buffers_show_the_same(sandbox, fs, size):
    buffer = ctypes.create_string_buffer(size)
    file = os.open(fs / users(RESEARCH), os.O_RDONLY | os.O_DIRECTORY)
    names = []
    while (got := libc.getdents64(file, buffer, ctypes.c_size_t(size))) > 0:
        at = 0
        while at < got:
            length = int.from_bytes(buffer.raw[at + 16 : at + 18], "little")
            names.append(os.fsdecode(buffer.raw[at + 19 : at + length].split(b"\0")[0]))
            at += length
    os.close(file)
    assert got == 0 and names == [".", "..", *file_names(sandbox.user_ids(RESEARCH))]
