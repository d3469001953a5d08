"""The units, and what qpfs tells a service manager; no systemd needs to run for that."""

import errno
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from account import NEXT_KEY, USER
from docs import ROOT
from tools import wait_until

UNITS = ROOT / "data/systemd"
SERVICE = UNITS / "qpfs@.service"
MOUNT = UNITS / "mnt-questionpro.mount"
POINT = "/mnt/questionpro"


class Manager:
    """Listens as a service manager does."""

    def __init__(self):
        self.name = f"qpfs-test-{os.getpid()}"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + self.name)
        self.socket.settimeout(60)

    def hear(self) -> list[str]:
        return self.socket.recv(4096).decode().splitlines()

    def hear_until(self, word: str) -> list[str]:
        while True:
            lines = self.hear()
            if any(line.startswith(word) for line in lines):
                return lines


@pytest.fixture
def manager() -> Manager:
    manager = Manager()
    yield manager
    manager.socket.close()


def settings(unit: Path) -> dict[str, str]:
    return dict(re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE))


@pytest.fixture
def service(machine, manager):
    """Starts the unit's ExecStart as systemd would."""
    processes = []

    def start(config: str) -> subprocess.Popen:
        machine.write("/etc/qpfs/mnt-questionpro.conf", config)
        machine.output("cp -p /etc/qpfs/key /etc/qpfs/mnt-questionpro.key")
        line = settings(SERVICE)["ExecStart"]
        for specifier, value in ("%i", "mnt-questionpro"), ("%f", POINT):
            line = line.replace(specifier, value)
        variables = {
            "NOTIFY_SOCKET": "@" + manager.name,
            "XDG_STATE_HOME": "/mnt/state",
        }
        command = machine.enter("sh", "-euc", f"mkdir -p /mnt/state; exec {line}")
        env = machine.environment | variables
        processes.append(subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True))
        return processes[-1]

    yield start
    for process in processes:
        process.terminate()
        process.communicate(timeout=60)


def test_the_manager_is_told_of_start_reload_and_end(machine, sandbox, manager, service):
    process = service(f"user_id = {USER}\napi_url = {sandbox.url}\n")
    assert manager.hear() == [f"STATUS=Trying the key at {sandbox.url}"]
    assert manager.hear() == ["READY=1", f"STATUS=Showing {sandbox.url}"]
    assert machine.output(f"ls {POINT}") == "communities\norganizations\n"
    assert list((machine / "/mnt/state/qpfs").iterdir())
    process.send_signal(signal.SIGHUP)
    state, clock = manager.hear()
    assert state == "RELOADING=1" and re.fullmatch(r"MONOTONIC_USEC=\d+", clock)
    assert manager.hear() == ["READY=1"]
    process.send_signal(signal.SIGTERM)
    assert manager.hear()[0] == "STOPPING=1"
    assert process.wait(60) == 0


# semantics: K4
def test_a_reload_brings_a_new_key(machine, sandbox, manager, service):
    """By the unit's own ExecStart and ExecReload."""
    process = service(f"user_id = {USER}\napi_url = {sandbox.url}\n")
    manager.hear_until("READY=1")
    machine.write("/etc/qpfs/mnt-questionpro.key", NEXT_KEY + "\n", mode=0o600)
    sandbox.accept(NEXT_KEY)
    reload = settings(SERVICE)["ExecReload"].replace("$MAINPID", str(process.pid))
    subprocess.run(reload.split(), check=True)
    manager.hear_until("RELOADING=1")
    manager.hear_until("READY=1")
    before = sandbox.total()
    assert len(machine.output(f"ls {POINT}/communities").split()) == 4
    assert sandbox.total() == before + 1


def test_an_unmount_ends_it_well(machine, sandbox, manager, service):
    process = service(f"user_id = {USER}\napi_url = {sandbox.url}\n")
    manager.hear_until("READY=1")
    machine.output(f"umount {POINT}")
    assert manager.hear_until("STOPPING=1")
    assert process.wait(60) == 0


@pytest.mark.parametrize(
    "config, error", [("no_such_option = 1\n", errno.EINVAL), ("user_id = 1\n", errno.EACCES)]
)
def test_the_manager_is_told_of_a_failure(sandbox, manager, service, config, error):
    sandbox.fault("users/1", status=401)
    process = service(config + f"api_url = {sandbox.url}\n")
    status, number = manager.hear_until("ERRNO=")
    assert number == f"ERRNO={error}"
    assert status.startswith("STATUS=Failed: ") and process.wait(60) == 1


# semantics: E4, E8
def test_after_a_crash_the_next_start_takes_the_place(machine, sandbox, manager, service):
    config = f"user_id = {USER}\napi_url = {sandbox.url}\n"
    process = service(config)
    manager.hear_until("READY=1")
    process.kill()
    process.wait(60)
    assert "not connected" in machine.sh(f"ls {POINT}").stderr
    service(config)
    manager.hear_until("READY=1")
    assert machine.output(f"ls {POINT}") == "communities\norganizations\n"


# -------- the units themselves --------


def analyze(machine, *command: str) -> str:
    units = machine / "/mnt/units"
    units.mkdir(exist_ok=True)
    for unit in UNITS.iterdir():
        name = unit.name.replace("@.", "@mnt-questionpro.")
        (units / name).write_text(unit.read_text())
    return machine.output(f"cd /mnt/units; systemd-analyze {' '.join(command)} 2>&1")


@pytest.mark.parametrize("unit", sorted(path.name for path in UNITS.iterdir()))
def test_systemd_finds_nothing_wrong(machine, unit):
    name = unit.replace("@.", "@mnt-questionpro.")
    assert analyze(machine, "verify", "--man=no", f"./{name}") == ""


def test_a_wrong_unit_would_be_noticed(machine):
    machine.write("/mnt/bad.service", "[Service]\nExecStart=/nonexistent\nNoSuchSetting=1\n")
    assert "NoSuchSetting" in machine.sh("systemd-analyze verify --man=no /mnt/bad.service").stderr


def test_the_service_is_exposed_to_little(machine):
    """4.1 when this was written; what is left would hide the mount, or is what a mount needs."""
    unit = "./qpfs@mnt-questionpro.service"
    analyze(machine, "security", "--offline=true", "--threshold=42", unit)


HIDES = (
    "PrivateDevices PrivateIPC PrivateMounts PrivateTmp ProtectControlGroups ProtectHome "
    "ProtectKernelLogs ProtectKernelModules ProtectKernelTunables ProtectProc ProcSubset "
    "ProtectSystem ReadOnlyPaths ReadWritePaths InaccessiblePaths BindPaths TemporaryFileSystem "
    "RootDirectory DynamicUser"
).split()


def test_nothing_gives_the_service_a_mount_namespace():
    assert not set(HIDES) & set(settings(SERVICE))


def test_the_mount_unit_mounts(machine, sandbox):
    unit = settings(MOUNT)
    machine.write("/etc/qpfs/mnt-questionpro.conf", f"user_id = {USER}\napi_url = {sandbox.url}\n")
    machine.output("cp -p /etc/qpfs/key /etc/qpfs/mnt-questionpro.key")
    machine.output(f"mount -t {unit['Type']} {unit['What']} {unit['Where']} -o {unit['Options']}")
    assert machine.output(f"ls {POINT}") == "communities\norganizations\n"


def test_the_examples_are_named_after_their_mount_point(machine):
    for unit in MOUNT, UNITS / "mnt-questionpro.automount":
        name = machine.output(f"systemd-escape --path {settings(unit)['Where']}").strip()
        assert unit.stem == name


# -------- below an automount --------


def test_it_mounts_in_the_process_group_it_was_started_in(machine, sandbox):
    """The kernel lets those of systemd's group alone pass below an automount; all others wait for
    the mount, and the one who is to make it would wait for himself."""
    sandbox.latency(300)
    options = f"user_id={USER},api_url={sandbox.url},api_key_file=/etc/qpfs/key"
    process = subprocess.Popen(
        machine.enter("qpfs", "-o", options, POINT), env=machine.environment, start_new_session=True
    )
    wait_until(lambda: len(machine.processes()) == 2)
    assert {os.getpgid(pid) for pid in machine.processes()} == {process.pid}
    assert process.wait(60) == 0
    [daemon] = machine.processes()
    assert os.getsid(daemon) == daemon
