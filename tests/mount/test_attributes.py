"""What stat(2) and statfs(2) say."""

import ctypes
import errno
import json
import os
import stat
import struct
from datetime import date

from account import DEPARTMENTS, FIELD, MARKETING, ORGANIZATION, RESEARCH, users
from sandbox import phone
from tools import error_of, output, run

DAY = 86400
MILLENNIUM = 946684800  # 2000-01-01 00:00:00 UTC


def every_stat(fs) -> dict[str, os.stat_result]:
    found = {}
    for directory, directories, files in os.walk(fs.point):
        for name in [".", *directories, *files]:
            path = os.path.join(directory, name)
            found[os.path.relpath(path, fs.point)] = os.lstat(path)
    return found


# semantics: B9
def test_files_are_0600_and_directories_0700_and_the_mounters(sandbox, mount):
    modes = {stat.S_IFREG: 0o600, stat.S_IFDIR: 0o700, stat.S_IFLNK: 0o777}
    for path, attr in every_stat(mount(sandbox)).items():
        assert stat.S_IMODE(attr.st_mode) == modes[stat.S_IFMT(attr.st_mode)], path
        assert (attr.st_uid, attr.st_gid) == (os.getuid(), os.getgid()), path


# semantics: B9
def test_uid_gid_and_umask_change_that(sandbox, mount):
    fs = mount(sandbox, uid=1234, gid=2345, umask="027")
    for path in [fs.point, fs / users(MARKETING), fs / users(MARKETING) / "1234567.json"]:
        attr = os.stat(path)
        mode = 0o750 if path.is_dir() else 0o640
        assert (stat.S_IMODE(attr.st_mode), attr.st_uid, attr.st_gid) == (mode, 1234, 2345)


# semantics: B9
def test_permissions_are_enforced_even_with_allow_other(sandbox, mount):
    fs = mount(sandbox, allow_other=True)
    pid = os.fork()
    if pid == 0:
        os.chdir(fs.point)  # while still root: what is above is nobody's business
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
        os._exit(error_of(os.listdir, "."))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == errno.EACCES


def test_inode_numbers_fit_into_63_bits(sandbox, mount):
    numbers = [attr.st_ino for attr in every_stat(mount(sandbox)).values()]
    assert len(numbers) > 100 and max(numbers) < 2**63


def test_max_read_is_kept_to(sandbox, mount):
    fs = mount(sandbox, max_read=4096, debug=True)
    file = fs / users(FIELD).replace("/users", "/users.jsonl")
    content = file.read_bytes()
    assert len(content) > 3 * 4096
    assert len(fs.logged(r"opcode: READ \(15\)")) > len(content) // 4096


def test_a_file_has_no_extended_attributes(sandbox, mount, tmp_path):
    fs = mount(sandbox)
    file = fs / users(MARKETING) / "1234567.json"
    output("ls", file.parent)
    assert os.listxattr(file) == os.listxattr(file.parent) == []
    calls = sandbox.total()
    done = run("tar", "--xattrs", "-cf", tmp_path / "all.tar", "-C", file.parent, ".")
    assert (done.returncode, done.stderr) == (0, "")
    assert sandbox.total() == calls


def test_there_are_no_file_handles(sandbox, mount):
    """They would hold addresses, and not outlive what the kernel forgets."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0), 8 + 128)
    path = os.fsencode(mount(sandbox) / users(MARKETING))
    assert libc.name_to_handle_at(-100, path, handle, ctypes.byref(ctypes.c_int()), 0) == -1
    assert ctypes.get_errno() == errno.EOPNOTSUPP


# semantics: B6
def test_every_link_count_is_one(sandbox, mount):
    assert {attr.st_nlink for attr in every_stat(mount(sandbox)).values()} == {1}


def test_all_three_times_are_the_same(sandbox, mount):
    for path, attr in every_stat(mount(sandbox)).items():
        assert attr.st_atime_ns == attr.st_mtime_ns == attr.st_ctime_ns, path


# semantics: B6
def test_directories_are_of_2000(sandbox, mount):
    for path, attr in every_stat(mount(sandbox)).items():
        if stat.S_ISDIR(attr.st_mode):
            assert attr.st_mtime_ns == MILLENNIUM * 10**9, path


# semantics: B4
def test_mtime_is_on_the_day_of_creation(sandbox, mount):
    directory = mount(sandbox) / users(RESEARCH)
    mtimes = []
    for name in os.listdir(directory):
        created = date.fromisoformat(json.loads((directory / name).read_bytes())["creationDate"])
        mtimes.append(os.stat(directory / name).st_mtime_ns)
        assert mtimes[-1] // 10**9 // DAY == (created - date(1970, 1, 1)).days, name
    assert len({mtime % 10**9 for mtime in mtimes}) > 240


def test_records_without_a_date_are_of_2000(sandbox, mount):
    fs = mount(sandbox)
    for path in [fs / "communities/123456.json", fs / ORGANIZATION / "organization.json"]:
        mtime = os.stat(path).st_mtime
        assert MILLENNIUM <= mtime < MILLENNIUM + DAY


def test_the_license_date_serves_where_there_is_no_creation_date(sandbox, mount):
    text = '{"userID":1234588,"licenseStartDate":"2021-03-04"}'
    sandbox.change({"raw": 1234588, "text": text})
    mtime = os.stat(mount(sandbox) / users(MARKETING) / "1234588.json").st_mtime
    assert mtime // DAY * DAY == 1614816000


# semantics: B4, B7
def test_another_mount_shows_the_same_inodes_sizes_and_times(sandbox, mount):
    def facts():
        fs = mount(sandbox)
        return {
            path: (attr.st_ino, attr.st_size, attr.st_mtime_ns)
            for path, attr in every_stat(fs).items()
        }

    first = facts()
    assert facts() == first
    inodes = {path: facts[0] for path, facts in first.items() if not path.endswith("/.")}
    assert len(set(inodes.values())) == len(inodes)


def test_readdir_and_stat_agree_on_inodes(sandbox, mount):
    fs = mount(sandbox)
    for directory in ["communities", ORGANIZATION, DEPARTMENTS, users(RESEARCH)]:
        for entry in os.scandir(fs / directory):
            assert entry.inode() == entry.stat().st_ino, entry.path


# semantics: B5
def test_other_bytes_of_the_same_size_have_another_mtime(sandbox, mount):
    fs = mount(sandbox)
    file = fs / users(MARKETING) / "1234588.json"
    before = os.stat(file)
    sandbox.change(phone(1234588, "(IN)+91 1234567899"))
    fs.refresh()
    os.listdir(file.parent)
    after = os.stat(file)
    assert (after.st_size, after.st_ino) == (before.st_size, before.st_ino)
    assert int(after.st_mtime) != int(before.st_mtime)


# semantics: B6
def test_blocks_are_the_size_in_512_bytes_rounded_up(sandbox, mount):
    for path, attr in every_stat(mount(sandbox)).items():
        if stat.S_ISREG(attr.st_mode):
            assert attr.st_blocks == (attr.st_size + 511) // 512 > 0, path


def test_du_adds_up(sandbox, mount):
    fs = mount(sandbox)
    attrs = [entry.stat() for entry in os.scandir(fs / users(RESEARCH))]
    blocks = output("du", "-s", "-B512", fs / users(RESEARCH)).split()[0]
    apparent = output("du", "-sb", fs / users(RESEARCH)).split()[0]
    assert int(blocks) == sum(attr.st_blocks for attr in attrs)
    assert int(apparent) == sum(attr.st_size for attr in attrs)


# semantics: B8
def test_statfs_is_plausible_and_read_only(sandbox, mount):
    fs = mount(sandbox)
    facts = os.statvfs(fs.point)
    assert facts.f_flag & os.ST_RDONLY
    assert min(facts.f_bsize, facts.f_blocks, facts.f_bfree, facts.f_files, facts.f_namemax) > 0
    assert output("df", fs.point).count("\n") == 2
    assert sandbox.total() == 1


def test_the_kernel_knows_the_mount_as_fuse_qpfs_and_read_only(sandbox, mount):
    fs = mount(sandbox)
    line = next(l for l in open("/proc/self/mounts") if f" {fs.point} " in l).split()
    assert line[2] == "fuse.qpfs"
    assert {"ro", "nosuid", "nodev", "default_permissions"} <= set(line[3].split(","))
