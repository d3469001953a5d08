"""What is said when something is wrong: the remedy, to root and to an ordinary user."""

import os
import re
import signal
import socket
from dataclasses import dataclass

import pytest

from account import KEY, USER

NOWHERE = "https://no-such-host.invalid/a/api/v2"


@dataclass
class Case:
    """A script that spoils the machine, as root, and what is then said to whom."""

    spoil: str
    root: str | None = None
    jane: str | None = None
    options: str = ""
    become: str = ""


MACHINE = {
    "no /dev/fuse": Case(
        "mount -t tmpfs own /opt; touch /opt/null; mount --bind /dev/null /opt/null\n"
        "mount --rbind /opt /dev",
        root="do: modprobe fuse",
        jane="do as root, or ask who may: modprobe fuse",
    ),
    "no permission on /dev/fuse": Case(
        "mount -t tmpfs -o mode=755 own /opt; touch /opt/null; mount --bind /dev/null /opt/null\n"
        "mknod -m 600 /opt/fuse c 10 229; mount --rbind /opt /dev",
        jane="do as root, or ask who may: chmod 666 /dev/fuse",
    ),
    "no fusermount3": Case(
        "mkdir /mnt/upper /mnt/work\n"
        "mount -t overlay own -o lowerdir=/usr/bin,upperdir=/mnt/upper,workdir=/mnt/work /usr/bin\n"
        "rm /usr/bin/fusermount3",
        jane="fusermount3 is not installed; do as root, or ask who may: apt install fuse3",
    ),
    "a fusermount3 without its setuid bit": Case(
        "install -m 755 /usr/bin/fusermount3 /mnt/f; mount --bind /mnt/f /usr/bin/fusermount3",
        jane="chown root /usr/bin/fusermount3 && chmod u+s /usr/bin/fusermount3",
    ),
    "no new privileges": Case(
        "",
        jane="NoNewPrivileges=no",
        become="setpriv --no-new-privs",
    ),
    "root without the right to mount": Case(
        "",
        root="root may not mount here; a container needs --device /dev/fuse --cap-add SYS_ADMIN",
        become="setpriv --bounding-set -sys_admin --inh-caps -sys_admin",
    ),
    "context= without SELinux": Case(
        "",
        root="this kernel does not use SELinux, and takes no context= and the like; leave it out",
        jane="this kernel does not use SELinux, and takes no context= and the like; leave it out",
        options=",rootcontext=system_u:object_r:nfs_t:s0",
    ),
    "a context= that SELinux does not take": Case(
        "echo 'nodev	selinuxfs' >/mnt/types; mount --bind /mnt/types /proc/filesystems",
        root='write it as in context="system_u:object_r:nfs_t:s0"',
        jane='write it as in context="system_u:object_r:nfs_t:s0"',
        options=",context=nonsense",
    ),
    "allow_other that fuse.conf does not allow": Case(
        "",
        jane="add to /etc/fuse.conf a line: user_allow_other",
        options=",allow_other",
    ),
    "a mount point of someone else": Case(
        "rmdir /home/jane/questionpro; mkdir /home/jane/questionpro",
        jane="users mount on directories of their own; use one in your home, or do as root: "
        "chown 4242 /home/jane/questionpro",
    ),
    "a mount point that many may write to": Case(
        "chown root /home/jane/questionpro; chmod 1777 /home/jane/questionpro",
        jane="do as root: chown 4242 /home/jane/questionpro",
    ),
    "a mount point that one may not read": Case(
        "chown root /home/jane/questionpro; chmod 700 /home/jane/questionpro",
        jane="use a directory of your own",
    ),
    "no mount point": Case(
        "rmdir /mnt/questionpro /home/jane/questionpro",
        root="do: mkdir -p /mnt/questionpro",
        jane="do: mkdir -p /home/jane/questionpro",
    ),
    "no mount point where one may make none": Case(
        "rmdir /home/jane/questionpro; chown root /home/jane",
        jane="use one in your home, or do as root: install -d -o 4242 /home/jane/questionpro",
    ),
    "a mount point with something in it": Case(
        "touch /mnt/questionpro/x /home/jane/questionpro/x",
        root="use an empty directory",
        jane="use an empty directory",
    ),
    "a file as mount point": Case(
        "rmdir /mnt/questionpro /home/jane/questionpro\n"
        "touch /mnt/questionpro /home/jane/questionpro",
        root="it is no directory; use an empty one",
        jane="it is no directory; use an empty one",
    ),
    "no key": Case(
        "rm /etc/qpfs/key /home/jane/key",
        root="do: (umask 077 && cat > /etc/qpfs/key), then paste the key",
        jane="do: (umask 077 && cat > /home/jane/key), then paste the key",
    ),
    "a key that others may read": Case(
        "chmod 644 /etc/qpfs/key /home/jane/key",
        root="do: chmod 600 /etc/qpfs/key",
        jane="do: chmod 600 /home/jane/key",
    ),
    "a key of someone else": Case(
        "chown root /home/jane/key",
        jane="do as root: chown 4242 /home/jane/key",
    ),
    "a key that is a directory": Case(
        "rm /etc/qpfs/key; mkdir /etc/qpfs/key",
        root="name the file with the key in it",
    ),
    "a key file with nothing in it": Case(
        "for key in /etc/qpfs/key /home/jane/key; do : >$key; done",
        root="it is empty; write the key into it, and nothing else",
        jane="it is empty; write the key into it, and nothing else",
    ),
    "no configuration file": Case(
        "",
        root="cannot read /etc/none.conf: No such file or directory; write it, see man qpfs.conf, "
        "or leave config= out",
        options=",config=/etc/none.conf",
    ),
    "a configuration file of someone else": Case(
        "(umask 077; echo cache_ttl=5 > /etc/qpfs/conf)",
        jane="it must be readable by the user who mounts",
        options=",config=/etc/qpfs/conf",
    ),
    "no certificates": Case(
        "",
        root="name a file of certificates (PEM), or leave cacert= out",
        options=",cacert=/etc/none.pem",
    ),
    "a wrong key": Case(
        "for key in /etc/qpfs/key /home/jane/key; do echo wrong-key >$key; done",
        root="check the key, which may be cut or withdrawn, and the data centre (env, api_url)",
        jane="check the key, which may be cut or withdrawn, and the data centre (env, api_url)",
    ),
    "remount": Case("", root="unmount it and mount it again", options=",remount"),
    "auto_unmount": Case("", root="without it everyone gets", options=",auto_unmount"),
}


def rows(table: dict[str, Case]):
    return [
        pytest.param(case, user, id=f"{name}, {user}")
        for name, case in table.items()
        for user in ("root", "jane")
        if getattr(case, user)
    ]


PLACES = {"root": ("/etc/qpfs/key", "/mnt/questionpro"), "jane": ("~/key", "~/questionpro")}


@pytest.fixture
def said(machine, sandbox):
    """What is said when a user mounts, in the foreground and in the background alike."""

    def start(user: str = "root", options: str = "", become: str = "", **variables) -> str:
        key, point = PLACES[user]
        url = "" if "api_url=" in options or "env=" in options else f",api_url={sandbox.url}"
        texts = []
        for flag in "-f", "":
            line = f"qpfs {flag} -o user_id={USER},timeout=2{url}{options},api_key_file={key} {point}"
            line = line.replace("~", "/home/jane")
            done = machine.sh(f"exec {become} {line}", user, **variables)
            assert (done.returncode, done.stdout) == (1, "")
            assert machine.processes() == []
            text = re.sub(r"\d\d:\d\d UTC", "hh:mm UTC", done.stderr)
            texts.append(re.sub(r"\d+ (calls|ms)", r"N \1", text))
        assert texts[0] == texts[1]
        return texts[0]

    return start


@pytest.mark.parametrize("case, user", rows(MACHINE))
def test_the_remedy_is_named(machine, said, case, user):
    machine.output(case.spoil)
    text = said(user, case.options, case.become)
    assert getattr(case, user) in text
    assert "questionpro" not in machine.output("cat /proc/self/mounts")


def apparmor(machine, profiles: str | None):
    """A machine with AppArmor, whose list of profiles is for root alone if it is None; with a
    fusermount3 that may not mount, as that profile has it; and with a directory of jane's that the
    profile does not know."""
    machine.output("""
    mkdir -p /etc/apparmor.d /mnt/modules /mnt/security
    echo 'profile fusermount3 /usr/bin/fusermount3 {' >/etc/apparmor.d/fusermount3
    mkdir -p /mnt/modules/apparmor/parameters /mnt/security/apparmor
    echo Y >/mnt/modules/apparmor/parameters/enabled
    printf '#!/bin/sh\necho "fusermount3: mount failed: Permission denied" >&2\nexit 1\n' >/mnt/f
    chmod 4755 /mnt/f
    mount --bind /mnt/f /usr/bin/fusermount3
    mount --bind /mnt/modules /sys/module
    mount --bind /mnt/security /sys/kernel/security
    mount -t tmpfs -o mode=755 own /srv
    install -d -o 4242 /srv/shown
    """)
    text = "/usr/bin/man (enforce)\nfusermount3 (enforce)\n" if profiles is None else profiles
    machine.write("/mnt/security/apparmor/profiles", text, mode=0o600 if profiles is None else 0o644)


REFUSED_BY_APPARMOR = "AppArmor lets fusermount3 mount below homes, /mnt, /media, /tmp and /run/user/4242"
RULE = "mount fstype=fuse.qpfs options=(nosuid,nodev,ro) -> /srv/shown/, umount /srv/shown/"


@pytest.fixture
def janes(machine, sandbox):
    """What is said when jane mounts, and when she has it checked."""

    def start(point: str) -> tuple[str, str]:
        line = f"-o user_id={USER},api_url={sandbox.url},api_key_file=~/key {point}"
        mounted, checked = (machine.sh(f"qpfs {flag} {line}", "jane") for flag in ("-f", "--check"))
        assert (mounted.returncode, checked.returncode) == (1, 0)
        return mounted.stderr, checked.stdout

    return start


@pytest.mark.parametrize("profiles", [None, "fusermount3 (enforce)\n"])
def test_apparmor_keeps_fusermount3_from_mounting(machine, janes, profiles):
    apparmor(machine, profiles)
    for said in janes("/srv/shown"):
        assert REFUSED_BY_APPARMOR in said and RULE in said


@pytest.mark.parametrize("point", ["~/questionpro", "/mnt/shown", "/tmp/shown", "/media/jane/shown"])
def test_where_apparmor_lets_it_mount_it_is_not_named(machine, janes, point):
    apparmor(machine, None)
    machine.output("mount -t tmpfs own /tmp; mount -t tmpfs own /media")
    machine.output(f"install -d -o 4242 {point.replace('~', '/home/jane')}")
    assert "AppArmor" not in "".join(janes(point))


@pytest.mark.parametrize("profiles", ["", "fusermount3 (complain)\n", "fusermount3//x (enforce)\n"])
def test_without_its_profile_apparmor_is_not_named(machine, janes, profiles):
    apparmor(machine, profiles)
    assert "AppArmor" not in "".join(janes("/srv/shown"))


def test_a_profile_that_is_disabled_is_not_named(machine, janes):
    apparmor(machine, None)
    machine.output("mkdir -p /etc/apparmor.d/disable; touch /etc/apparmor.d/disable/fusermount3")
    assert "AppArmor" not in "".join(janes("/srv/shown"))


# -------- the service and the way to it --------

WAITS = "-o delay_connect, which waits for "


def test_a_host_that_has_no_address(said):
    text = said(options=f",api_url={NOWHERE}")
    assert "check the network, its name server, the option proxy, and env or api_url" in text and WAITS in text


@pytest.mark.parametrize("user", ["root", "jane"])
def test_a_machine_that_is_offline(machine, said, user):
    """A network namespace without an interface that is up."""
    machine.is_offline = True
    text = said(user, ",api_url=https://192.0.2.1/a/api/v2")
    assert "check the network" in text and WAITS in text


def test_nobody_listens(sandbox, said):
    sandbox.kill()
    text = said()
    assert "check the network, the option proxy, and env or api_url" in text and WAITS in text
    sandbox.start()


def test_a_service_without_certificate(said):
    """Which is what a server of something else looks like, and a clock that is wrong as well."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        pid = os.fork()
        if pid == 0:
            while True:
                peer, _ = server.accept()
                peer.recv(1000)
                peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                peer.close()
        try:
            text = said(options=f",api_url=https://127.0.0.1:{port}/a/api/v2")
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    assert "check the clock of this machine" in text and " UTC here)" in text


FAULTS = {
    "not found": ({"status": 404}, "and departments, and api_url if it is given"),
    "bad request": ({"status": 400}, "check user_id, organizations and departments"),
    "a login page": ({"body": "<html>"}, "a login page of the network"),
    "no calls left": (
        {"status": 429, "body": '{"response":{"error":{"id":1013,"message":"x"}}}'},
        "there are no calls left; wait for new ones",
    ),
    "a redirect": ({"status": 302}, "check api_url"),
}


@pytest.mark.exact_service("the answers are all the same")
@pytest.mark.parametrize("rule, remedy", FAULTS.values(), ids=FAULTS.keys())
def test_a_service_that_answers_otherwise(sandbox, said, rule, remedy):
    sandbox.fault(f"users/{USER}", **rule)
    assert remedy in said()


def test_a_data_centre_that_does_not_exist(said):
    assert "no such data centre; there are com" in said(options=",env=moon")


def test_the_key_is_in_no_message(said):
    assert KEY not in said(options=",no_such_option=1")


# -------- what is mounted already --------


def mount_line(sandbox, user: str, point: str) -> str:
    key = PLACES[user][0].replace("~", "/home/jane")
    return f"qpfs -o user_id={USER},api_url={sandbox.url},api_key_file={key} {point}"


def mount_as(machine, sandbox, user: str) -> str:
    """Returns the mount point."""
    point = PLACES[user][1].replace("~", "/home/jane")
    machine.output(mount_line(sandbox, user, point), user)
    return point


@pytest.mark.parametrize("user", ["root", "jane"])
def test_a_mount_point_that_is_busy(machine, sandbox, user):
    point = mount_as(machine, sandbox, user)
    done = machine.sh(mount_line(sandbox, user, point), user)
    assert done.returncode == 1
    remedy = f"mounted there already; use another directory, or do: fusermount3 -u {point}"
    assert remedy in done.stderr


@pytest.mark.parametrize("user", ["root", "jane"])
# semantics: E7
def test_a_dead_mount(machine, sandbox, said, user):
    point = mount_as(machine, sandbox, user)
    machine.kill()
    text = said(user)
    assert f"do: fusermount3 -u {point} (-o replace_dead does it by itself)" in text
    machine.output(f"fusermount3 -u {point}", user)


def test_a_mount_of_someone_else(machine, sandbox):
    point = mount_as(machine, sandbox, "root")
    done = machine.sh(mount_line(sandbox, "jane", point), "jane")
    assert done.returncode == 1 and "use a directory of your own" in done.stderr
