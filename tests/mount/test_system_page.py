"""The examples of docs/system.md, as far as they go without systemd."""

import re
import subprocess
from contextlib import contextmanager

import pytest

from account import KEY, USER
from docs import ROOT
from machine import JANE
from tools import run, wait_until

PAGE = (ROOT / "docs/system.md").read_text()
SHOWN = "communities\norganizations\n"


def block(language: str, text: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return next(found for found in blocks if text in found)


@pytest.fixture
def configured(machine, sandbox):
    config = block("ini", "user_id").replace("1234567", str(USER))
    config += f"api_url = {sandbox.url}\napi_key_file = /etc/qpfs/key\n"
    machine.write("/etc/qpfs/mnt-questionpro.conf", config)
    return machine


def test_the_line_for_fstab_needs_nothing_but_the_two_files(machine, sandbox):
    config = block("ini", "user_id").replace("1234567", str(USER))
    machine.write("/etc/qpfs/mnt-questionpro.conf", config)
    machine.write("/etc/qpfs/mnt-questionpro.key", KEY + "\n", mode=0o600)
    machine.write("/mnt/fstab", block("fstab", "fuse.qpfs"))
    machine.output("mount -a -T /mnt/fstab", QUESTIONPRO_API_URL=sandbox.url)
    assert machine.output("ls /mnt/questionpro") == SHOWN
    machine.output("umount /mnt/questionpro")
    wait_until(lambda: machine.processes() == [])


def test_the_files_of_the_service(machine):
    script = block("sh", "enable --now").split("systemctl")[0]
    machine.output(f"{script.replace('cat >', 'echo ' + KEY + ' >')}")
    key = machine / "/etc/qpfs/mnt-questionpro.key"
    assert key.read_text() == KEY + "\n" and key.stat().st_mode & 0o777 == 0o600


def test_after_the_updatedb_line_check_is_content(configured):
    configured.write("/etc/updatedb.conf", 'PRUNEFS = "nfs tmpfs"\n')
    check = "qpfs --check -o config=/etc/qpfs/mnt-questionpro.conf"
    assert "would walk through a mount every day" in configured.output(check)
    configured.output(block("sh", "PRUNEFS"))
    assert "passes over fuse.qpfs" in configured.output(check)
    assert (configured / "/etc/updatedb.conf").read_text() == 'PRUNEFS = "fuse.qpfs nfs tmpfs"\n'


def test_the_units_that_are_named_are_there():
    for name in re.findall(r"`(qpfs@\.service|mnt-[\w-]+\.(?:mount|automount))`", PAGE):
        assert (ROOT / "data/systemd" / name).is_file()
    assert "4.1" in PAGE


def test_the_exit_of_a_dead_mount(configured):
    configured.output("qpfs -o config=/etc/qpfs/mnt-questionpro.conf /mnt/questionpro")
    configured.kill()
    assert "not connected" in configured.sh("ls /mnt/questionpro").stderr
    [command] = re.findall(r"`(fusermount3 -u [^`]*)` to be without it", PAGE)
    configured.output(command)
    assert configured.output("ls -A /mnt/questionpro") == ""


# -------- who may look --------


def mounted_by_jane(machine, sandbox, more: str):
    machine.write("/etc/fuse.conf", "user_allow_other\n")
    options = f"user_id={USER},api_url={sandbox.url},api_key_file=/home/jane/key{more}"
    machine.output(f"qpfs -o {options} ~/questionpro", "jane")


def sees(machine, *become: str) -> bool:
    command = machine.enter("setpriv", *become, "--", "ls", "/home/jane/questionpro")
    return run(*command).stdout == SHOWN


ROOT_IS = ["--clear-groups"]
JOHN = ["--reuid=4243", "--regid=4243", "--clear-groups"]
AS_JANE = [f"--euid={JANE}", f"--egid={JANE}", "--clear-groups"]  # as Samba does with "force user"


@pytest.mark.parametrize(
    "more, root, server_as_jane, john",
    [
        ("", False, False, False),
        (",allow_root", True, True, False),
        (",allow_other", True, True, False),
        (",allow_other,umask=022", True, True, True),
        (",allow_other,uid=4243,umask=077", True, False, True),
    ],
)
def test_who_may_look_into_a_users_mount(machine, sandbox, more, root, server_as_jane, john):
    mounted_by_jane(machine, sandbox, more)
    found = [sees(machine, *who) for who in (ROOT_IS, AS_JANE, JOHN)]
    assert found == [root, server_as_jane, john]


# -------- containers --------


@contextmanager
def container(machine, propagation: str):
    """Another mount namespace, begun now; runs scripts in it."""
    command = machine.enter("unshare", "--mount", f"--propagation={propagation}", "sh", "-c", "echo; cat")
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "\n"
    place = f"/proc/{holder.pid}/root"
    enter = ["nsenter", "--target", holder.pid, "--mount", "--root", f"--wd={place}", "sh", "-euc"]
    try:
        yield lambda script: run(*enter, script)
    finally:
        holder.communicate()


@pytest.fixture
def host(configured):
    configured.output("mount --make-shared /mnt")
    configured.mount = lambda: configured.output(
        "qpfs -o config=/etc/qpfs/mnt-questionpro.conf /mnt/questionpro"
    )
    return configured


LOOK = "ls /mnt/questionpro"
EMPTY, DEAD = "", "not connected"


def test_a_container_with_rslave_sees_what_is_mounted_later(host):
    with container(host, "slave") as slave, container(host, "private") as private:
        host.mount()
        assert (slave(LOOK).stdout, private(LOOK).stdout) == (SHOWN, EMPTY)
        slave("umount /mnt/questionpro")
        assert (slave(LOOK).stdout, host.output(LOOK)) == (EMPTY, SHOWN)


@pytest.mark.parametrize("propagation, left", [("slave", EMPTY), ("private", DEAD)])
def test_a_plain_umount_where_qpfs_runs_ends_it_for_all(host, propagation, left):
    host.mount()
    [pid] = host.processes()
    with container(host, propagation) as other:
        assert other(LOOK).stdout == SHOWN
        host.output("umount /mnt/questionpro")
        assert host.end_of(pid) == 0
        done = other(LOOK)
        assert done.stdout == "" and left in done.stderr and bool(done.stderr) == bool(left)


def test_umount_in_a_container_with_rshared_ends_it_for_all(host):
    host.mount()
    [pid] = host.processes()
    with container(host, "unchanged") as other:
        other("umount /mnt/questionpro")
        assert host.end_of(pid) == 0
        assert host.output(LOOK) == EMPTY


def test_umount_f_in_a_container_ends_it_for_all(host):
    host.mount()
    [pid] = host.processes()
    with container(host, "slave") as other:
        other("umount -f /mnt/questionpro")
        assert host.end_of(pid) == 1
        assert DEAD in host.sh(LOOK).stderr
        host.output("umount /mnt/questionpro")
