"""docs/fleet.md: an administrator who does what it says has a fleet."""

import re

import pytest

from account import KEY, USER
from docs import ROOT, Page
from fleet import API, NAME, Fleet
from test_tls import authority, free_port  # noqa: F401 (a fixture)
from tools import wait_until

PAGE = Page("docs/fleet.md")
INSTALL, AUTHORITY, MACHINES = (
    PAGE.block_with(text) for text in ["apt-get install", "-keyout ca.key", "for machine in"]
)
MOUNT, COUNT, FORGET = (
    PAGE.block_with(text) for text in ["qpfs --check", "wc -l", "rm -rf /run/qpfs-fleet"]
)
CONFIG = PAGE.block_with("client_cert_key", "ini")
UNIT = PAGE.block_with("ExecStart", "ini")
OWN = "/etc/nginx/qpfs-fleet"


def test_every_block_of_the_page_is_tried():
    tried = [INSTALL, AUTHORITY, MACHINES, MOUNT, COUNT, FORGET]
    other = [block for block in PAGE.blocks("sh") if "tools/simulate-fleet" in block]
    assert [block for block in PAGE.blocks("sh") if block not in other] == tried
    assert PAGE.blocks("ini") == [CONFIG, UNIT]


@pytest.fixture
def place(machine, sandbox, tmp_path, authority):  # noqa: F811
    """A machine that is proxy and member of the fleet, where the host of the API is the sandbox."""
    fleet = Fleet(tmp_path / "fleet", authority, {KEY: sandbox})
    machine.output("mount -t tmpfs own /var/log/nginx; rm -f /etc/nginx/sites-enabled/*")
    hosts = (machine / "/etc/hosts").read_text()
    machine.write("/etc/hosts", f"{hosts}\n127.0.0.1 {NAME}\n")
    group = f"upstream {API} {{ server 127.0.0.1:{fleet.api_port}; }}\n"
    machine.write("/etc/nginx/conf.d/api.conf", group)
    trusted = authority.certificate.read_text()
    machine.write("/etc/ssl/certs/ca-certificates.crt", trusted)
    machine.ports = {"8443": str(free_port()), "8444": str(free_port())}
    yield machine
    machine.sh("nginx -s quit; while [ -s /run/nginx.pid ]; do sleep 0.05; done")
    fleet.stop()


def do(machine, block: str) -> str:
    """As root, but that packages are there already, and no systemd is."""
    changes = {
        "apt-get install nginx-light\n": "",
        "data/nginx/qpfs-fleet.conf": "/run/qpfs-fleet.conf",
        "(umask 077 && cat > key) ": f"(umask 077 && echo 'main \"{KEY}\";' > key) ",
        "systemctl reload nginx": "nginx -s reload",
        **machine.ports,
    }
    for old, new in changes.items():
        block = block.replace(old, new)
    return machine.sh(f"exec 2>&1\ncd {OWN} 2>/dev/null || cd /\n{block}").stdout


def set_up(machine):
    text = (ROOT / "data/nginx/qpfs-fleet.conf").read_text()
    marked = re.findall(r"^ *(\S+) .*# CHANGE", text, re.MULTILINE)
    assert marked == ["server_name", "resolver", "set"], "the page says which"
    for port, own in machine.ports.items():
        text = text.replace(port, own)
    machine.write("/run/qpfs-fleet.conf", text)
    do(machine, INSTALL)
    do(machine, AUTHORITY)
    said = do(machine, MACHINES.replace("systemctl reload nginx", "nginx"))
    assert "syntax is ok" in said, said
    machine.output(f"cp {OWN}/ca.pem {OWN}/web-1.* /etc/qpfs/")
    config = CONFIG.replace("8443", machine.ports["8443"]).replace("1234567", str(USER))
    machine.write("/etc/qpfs/mnt-questionpro.conf", config)


def test_a_fleet_is_set_up_as_the_page_says(place, sandbox):
    set_up(place)
    said = do(place, MOUNT)
    assert "the certificate of /etc/qpfs/web-1.pem is accepted" in said
    shown = place.output("ls /mnt/questionpro/organizations/*/departments/1234/users")
    assert len(shown.split()) == 2

    calls, *asked = do(place, COUNT).split("\n")
    assert int(calls) == sandbox.total()
    assert re.search(r"\d HIT", "\n".join(asked)) and re.search(r"\d MISS", "\n".join(asked))

    kept = place.output("stat -c '%a %U' /run/qpfs-fleet; find /run/qpfs-fleet -type f | wc -l")
    assert kept.split()[:2] == ["700", "www-data"] and int(kept.split()[2]) > 3
    do(place, FORGET)
    assert place.output("find /run/qpfs-fleet -type f") == ""
    assert "is accepted" in do(place, MOUNT.splitlines()[0])
    assert place.output("find /run/qpfs-fleet -type f") != ""
    assert place.output(f"stat -c %a {OWN} {OWN}/key").split() == ["700", "600"]
    where = "/run /var/log/nginx /var/lib/nginx /etc/nginx /etc/qpfs"
    found = place.output(f'grep -rl "$KEY" {where} || true', KEY=KEY)
    assert found.split() == [f"{OWN}/key", "/etc/qpfs/key"], "the second one is the test's"
    place.output("umount /mnt/questionpro")
    wait_until(lambda: not place.processes())


def test_the_service_is_changed_as_the_page_says():
    """The line is that of the unit, without the key."""
    unit = (ROOT / "data/systemd/qpfs@.service").read_text()
    [line] = re.findall(r"^ExecStart=.*", unit, re.MULTILINE)
    assert line.replace(",api_key_file=/etc/qpfs/%i.key", "") in UNIT.splitlines()
    assert UNIT.splitlines()[1] == "ExecStart="
