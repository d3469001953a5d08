"""The examples of docs/system.md, as far as they go without systemd."""

import re

import pytest

from account import KEY, USER
from conftest import ROOT
from tools import wait_until

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
