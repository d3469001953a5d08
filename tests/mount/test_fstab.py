"""mount(8), fstab(5) and what belongs to it, for root and for an ordinary user."""

import json

import pytest

from account import ORG, USER
from tools import wait_until

SHOWN = ["communities", "organizations"]


@pytest.fixture
def fstab(machine, sandbox):
    """Writes /etc/fstab, with @ in a line for what every mount here needs."""

    def start(*lines: str):
        common = f"user_id={USER},api_url={sandbox.url},api_key_file=/etc/qpfs/key"
        machine.write("/etc/fstab", "".join(line.replace("@", common) + "\n" for line in lines))

    return start


def shown(machine, point: str, user: str = "root") -> list[str]:
    return machine.output(f"ls '{point}'", user).splitlines()


def found(machine, point: str) -> dict[str, str]:
    said = machine.output(f"findmnt --json --mountpoint '{point}'")
    [row] = json.loads(said)["filesystems"]
    return row


# -------- root --------


def test_mount_8(machine, sandbox):
    options = f"user_id={USER},api_url={sandbox.url},api_key_file=/etc/qpfs/key"
    machine.output(f"mount -t fuse.qpfs none /mnt/questionpro -o {options}")
    assert shown(machine, "/mnt/questionpro") == SHOWN
    machine.output("umount /mnt/questionpro")
    wait_until(lambda: machine.processes() == [])


def test_mount_a_and_findmnt(machine, fstab):
    fstab(
        "survey#1 /mnt/questionpro fuse.qpfs @,_netdev,nofail,x-systemd.automount,comment=x 0 0",
        "none /mnt/elsewhere fuse.qpfs @,noauto 0 0",
    )
    machine.output("mount -a")
    assert shown(machine, "/mnt/questionpro") == SHOWN
    row = found(machine, "/mnt/questionpro")
    assert (row["source"], row["fstype"]) == ("survey#1", "fuse.qpfs")
    assert {"ro", "nosuid", "nodev"} <= set(row["options"].split(","))
    machine.output("mount -a")  # what is mounted is left alone
    assert len(machine.processes()) == 1
    machine.output("umount -a -t fuse.qpfs")
    assert "questionpro" not in machine.output("cat /proc/self/mounts")


GENERIC = [
    "defaults", "auto", "user", "users", "owner", "group", "_netdev", "nofail", "x-gvfs-show",
    "x-systemd.requires=network-online.target", "comment=a", "rw", "ro", "noatime", "relatime",
    "strictatime", "lazytime", "nosuid", "nodev", "exec", "noexec", "sync", "dirsync", "silent",
]  # fmt: skip


def mount_8_takes(machine, option: str) -> bool:
    """Of whatever file system. That of util-linux 2.39 has root mount nothing by owner or group."""
    machine.write("/mnt/fstab", f"none /mnt/questionpro tmpfs {option} 0 0\n")
    script = "mount -T /mnt/fstab /mnt/questionpro && umount /mnt/questionpro"
    return machine.sh(script).returncode == 0


BY_MOUNT_8 = "mount /mnt/questionpro"
AS_MOUNT_8_DOES = """
options=$(awk '{ print $4 }' /etc/fstab)
mount.fuse3 none /mnt/questionpro -o "rw,$options,nosuid,nodev" -t fuse.qpfs
"""


@pytest.mark.parametrize("option", GENERIC)
def test_generic_options_are_taken_and_none_reaches_the_account(machine, fstab, option):
    fstab(f"none /mnt/questionpro fuse.qpfs @,delay_connect,{option} 0 0")
    machine.output(BY_MOUNT_8 if mount_8_takes(machine, option) else AS_MOUNT_8_DOES)
    assert "ro" in found(machine, "/mnt/questionpro")["options"].split(",")


def test_paths_with_blanks_and_values_with_commas(machine, sandbox, fstab):
    machine.output('mkdir "/mnt/a b,c" && cp -p /etc/qpfs/key "/etc/qpfs/the key,mine"')
    options = f"user_id={USER},api_url={sandbox.url},delay_connect"
    quoted = r'api_key_file="/etc/qpfs/the\040key,mine"'
    escaped = r"api_key_file=/etc/qpfs/the\040key\,mine"
    for file in quoted, escaped:
        fstab(f"none /mnt/a\\040b,c fuse.qpfs {options},{file},cache_ttl=7 0 0")
        machine.output("mount -a")
        assert shown(machine, "/mnt/a b,c/organizations") == [str(ORG)]
        machine.output("umount '/mnt/a b,c'")


def test_nothing_in_an_option_is_run_by_the_shell(machine, fstab):
    fstab("none /mnt/questionpro fuse.qpfs @,delay_connect,comment=$(touch\\040/mnt/bad) 0 0")
    machine.output("mount -a")
    fstab("none /mnt/questionpro fuse.qpfs @,api_key_file='$(touch\\040/mnt/bad);`touch\\040/mnt/bad` 0 0")
    assert machine.sh("umount /mnt/questionpro; mount -a").returncode != 0
    assert not (machine / "/mnt/bad").exists()


def test_remount_is_refused_and_says_what_to_do(machine, fstab):
    fstab("none /mnt/questionpro fuse.qpfs @ 0 0")
    machine.output("mount -a")
    done = machine.sh("mount -o remount,cache_ttl=5 /mnt/questionpro")
    assert done.returncode != 0
    assert "unmount it and mount it again with other options" in done.stderr
    assert shown(machine, "/mnt/questionpro") == SHOWN


def test_an_error_reaches_the_one_who_mounts(machine, fstab):
    fstab("none /mnt/questionpro fuse.qpfs @,no_such_option=s3cret 0 0")
    done = machine.sh("mount -a")
    assert done.returncode != 0
    assert 'no option is called "no_such_option"' in done.stderr and "s3cret" not in done.stderr


def test_drop_privileges_is_refused_and_says_what_to_do(machine, fstab):
    fstab("none /mnt/questionpro fuse.qpfs @,drop_privileges 0 0")
    assert "leave it out, and see uid and gid" in machine.sh("mount -a").stderr


# -------- an ordinary user --------


@pytest.fixture
def janes(machine, sandbox):
    """A line of /etc/fstab by which jane may mount, but for OPTION."""

    def start(option: str) -> None:
        line = f"none /home/jane/questionpro fuse.qpfs user_id={USER},api_url={sandbox.url},{option}"
        machine.write("/etc/fstab", line + " 0 0\n")

    return start


def config_of_jane(machine):
    machine.output("mkdir -p ~/.config/qpfs", "jane")
    config = "api_key_file = /home/jane/key\ncache_ttl = 7\n"
    machine.write("/home/jane/.config/qpfs/config", config, owner=4242)


@pytest.mark.parametrize("option", ["user", "users"])
def test_a_user_mounts_by_fstab_with_a_configuration_of_her_own(machine, janes, option):
    janes(f"{option},noauto")
    config_of_jane(machine)
    machine.output("mount ~/questionpro", "jane")
    assert shown(machine, "/home/jane/questionpro", "jane") == SHOWN
    assert "noexec" in found(machine, "/home/jane/questionpro")["options"]
    assert (machine / "/home/jane/.local/state/qpfs").is_dir()
    assert not list((machine / "/root").iterdir())
    assert machine.sh("ls /home/jane/questionpro").returncode != 0  # root may not look in
    machine.output("umount ~/questionpro", "jane")
    wait_until(lambda: machine.processes() == [])


def test_root_mounts_as_a_user(machine, janes):
    janes("setuid=jane")
    config_of_jane(machine)
    machine.output("mount -a")
    assert shown(machine, "/home/jane/questionpro", "jane") == SHOWN
    assert not list((machine / "/root").iterdir())


def test_a_user_mounts_by_hand(machine, sandbox):
    options = f"user_id={USER},api_url={sandbox.url},api_key_file=/home/jane/key"
    machine.output(f"qpfs -o {options} ~/questionpro", "jane")
    assert shown(machine, "/home/jane/questionpro", "jane") == SHOWN
    machine.output("fusermount3 -u ~/questionpro", "jane")
    wait_until(lambda: machine.processes() == [])


def test_a_user_lets_others_in_where_fuse_conf_allows_it(machine, sandbox):
    machine.write("/etc/fuse.conf", "user_allow_other\n")
    options = f"user_id={USER},api_url={sandbox.url},api_key_file=/home/jane/key"
    machine.output(f"qpfs -o {options},allow_other,umask=022 ~/questionpro", "jane")
    assert shown(machine, "/home/jane/questionpro", "john") == SHOWN


# -------- in place of a dead mount --------


@pytest.mark.parametrize("user, point", [("root", "/mnt/questionpro"), ("jane", "/home/jane/questionpro")])
# semantics: E8
def test_a_dead_mount_is_replaced(machine, sandbox, user, point):
    key = "/etc/qpfs/key" if user == "root" else "/home/jane/key"
    line = f"qpfs -o user_id={USER},api_url={sandbox.url},replace_dead,api_key_file={key}"
    machine.output(f"{line} {point}", user)
    assert shown(machine, point, user) == SHOWN
    machine.kill()
    done = machine.sh(f"{line} {point}", user)
    assert (done.returncode, done.stdout) == (0, "")
    assert f"took away the dead mount that was on {point}" in done.stderr
    assert shown(machine, point, user) == SHOWN
    machine.output(f"fusermount3 -u {point}", user)
    assert point not in machine.output("cat /proc/self/mounts")


# semantics: E8, E4
@pytest.mark.exact_service("it counts calls")
def test_until_the_key_is_accepted_the_dead_mount_stays(machine, sandbox):
    line = f"qpfs -o user_id={USER},api_url={sandbox.url},replace_dead,api_key_file=/etc/qpfs/key"
    machine.output(f"{line} /mnt/questionpro")
    machine.kill()
    sandbox.fault(f"users/{USER}", status=403)
    assert machine.sh(f"{line} /mnt/questionpro").returncode == 1
    assert "not connected" in machine.sh("ls /mnt/questionpro").stderr
    machine.output("umount /mnt/questionpro")


# semantics: E8
def test_a_mount_that_lives_is_not_replaced(machine, sandbox):
    line = f"qpfs -o user_id={USER},api_url={sandbox.url},replace_dead,api_key_file=/etc/qpfs/key"
    machine.output(f"{line} /mnt/questionpro")
    assert "mounted there already" in machine.sh(f"{line} /mnt/questionpro").stderr
    assert len(machine.processes()) == 1


# semantics: E8
def test_a_dead_mount_of_another_program_is_not_replaced(machine, sandbox):
    options = f"user_id={USER},api_url={sandbox.url},api_key_file=/etc/qpfs/key,replace_dead"
    with machine.foreign_mount("/mnt/questionpro"):
        pass
    assert "fusermount3 -u" in machine.sh(f"qpfs -o {options} /mnt/questionpro").stderr
    assert "fuse.other" in machine.output("cat /proc/self/mounts")
    machine.output("umount /mnt/questionpro")


REFUSED = "a mount whose program the kernel has refused is still there; do: fusermount3 -u"


# semantics: E8
def test_a_mount_that_the_kernel_refused_is_a_dead_one(machine, sandbox):
    """As max_read= left them: ECONNREFUSED to everybody, though the program may still run."""
    line = f"-o user_id={USER},api_url={sandbox.url},api_key_file=/etc/qpfs/key"
    with machine.foreign_mount("/mnt/questionpro", "fuse.qpfs", refused=True):
        assert "refused" in machine.sh("ls /mnt/questionpro").stderr
        assert REFUSED in machine.sh(f"qpfs {line} /mnt/questionpro").stderr
        assert "refused is" in machine.sh(f"qpfs --check {line} /mnt/questionpro").stdout
        said = machine.sh("qpfs --status /mnt/questionpro").stderr
        assert "was refused by the kernel; do: fusermount3 -u /mnt/questionpro" in said
        done = machine.sh(f"qpfs {line},replace_dead /mnt/questionpro")
        assert "took away the dead mount that was on /mnt/questionpro" in done.stderr
    assert shown(machine, "/mnt/questionpro") == SHOWN


# semantics: E8
def test_a_refused_mount_of_another_program_is_named_and_stays(machine, sandbox):
    line = f"-o user_id={USER},api_url={sandbox.url},api_key_file=/etc/qpfs/key,replace_dead"
    with machine.foreign_mount("/mnt/questionpro", refused=True):
        assert REFUSED in machine.sh(f"qpfs {line} /mnt/questionpro").stderr
        assert "fuse.other" in machine.output("cat /proc/self/mounts")
        machine.output("umount /mnt/questionpro")
