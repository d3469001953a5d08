"""What is counted and does not depend on the machine: calls, requests, memory."""

import re
import subprocess
from contextlib import contextmanager
from pathlib import Path

from opponents import PLACES, Data
from rows import Row
from service import PEOPLE, USERS, Service
from workplace import BenchError, Workplace

MIB = 1 << 20

# Both put each user into a file of her own, as the file systems do.
SCRIPT_PAGES = r"""
page=1
while [ "$(curl -fsS -H "@$1" "$2?page=$page&perPage=1000" |
    jq -c '.response[]' | tee -a "$3/all" | wc -l)" -gt 0 ]; do
    page=$((page + 1))
done
jq -r '.userID' "$3/all" | paste -d '\t' - "$3/all" |
    while IFS="$(printf '\t')" read -r id user; do printf '%s\n' "$user" >"$3/$id.json"; done
"""
SCRIPT_SINGLES = r"""
page=1
while curl -fsS -H "@$1" "$2?page=$page&perPage=1000" | jq -r '.response[].userID' >"$3/page" &&
    [ -s "$3/page" ]; do
    cat "$3/page" >>"$3/ids"
    page=$((page + 1))
done
sed "s|.*|url = \"$4/users/&\"\noutput = \"$3/&.json\"|" "$3/ids" >"$3/config"
curl -fsS -H "@$1" -K "$3/config"
"""


def counted(against: str, users: int, calls: int, note: str = "") -> Row:
    text = f"{calls:,}"
    return Row("calls", against, users, calls, (text, "") if against == "qpfs" else ("", text), note=note)


def calls(service: Service, data: Data) -> list[Row]:
    """All calls of a user who lists the department and reads each file; those of qpfs by kind."""
    sandbox, place = service.sandbox, service.place
    sandbox.reset()
    with service.qpfs() as mount:
        place.run("ls", "-f", mount / USERS)
        read_all(place, mount / USERS)
        paths = sandbox.paths()
    of_users = sum(count for path, count in paths.items() if path.split("?")[0].endswith(f"/{USERS}"))
    others = sum(paths.values()) - of_users
    rows = [
        counted("qpfs", service.count, of_users, f"and {others} to try the key and find the department")
    ]
    rows += [
        _script(service, "curl + jq, by pages", SCRIPT_PAGES),
        _script(service, "curl + jq, user by user", SCRIPT_SINGLES),
        _web_calls(data, "rclone mount"),
    ]
    return rows


def read_all(place: Workplace, users: Path):
    place.run("grep", "-rlF", "no such text", users, expected=1)


def _script(service: Service, name: str, script: str) -> Row:
    place, sandbox = service.place, service.sandbox
    target = place.directory(name.replace(" ", "-"))
    sandbox.reset()
    base = sandbox.url
    place.run("sh", "-c", script, "sh", service.headers, f"{base}/{USERS}", target, base)
    found = len(list(target.glob("*.json")))
    if found != service.count:
        raise BenchError(f"{name} found {found} users of {service.count}")
    return counted(name, service.count, sandbox.total())


def _web_calls(data: Data, name: str) -> Row:
    before = data.web.requests()
    with PLACES[name](data) as users:
        data.place.run("ls", "-f", users)
        read_all(data.place, users)
    return counted(name, data.count, data.web.requests() - before)


@contextmanager
def httpdirfs_reading(data: Data):
    """
    It takes a tenth of a second for each file, waiting: so it reads while other rows that take no
    time are measured. Gives what returns its row when it is done.
    """
    place = data.place
    before = data.web.requests()
    with PLACES["httpdirfs"](data) as users:
        script = 'ls -f "$0" >/dev/null && ! grep -rlF "no such text" "$0"'
        with place.process("sh", "-c", script, users) as reader:

            def row() -> Row:
                try:
                    status = reader.wait(400)
                except subprocess.TimeoutExpired:
                    raise BenchError("httpdirfs did not read all in 400 s") from None
                if status:
                    raise BenchError("httpdirfs could not be read")
                return counted("httpdirfs", data.count, data.web.requests() - before)

            yield row


def one(service: Service) -> list[Row]:
    sandbox, place = service.sandbox, service.place
    id = place.run("sh", "-c", _one_id(service)).strip()
    with service.qpfs() as mount:
        sandbox.reset()
        text = place.run("cat", mount / USERS / f"{id}.json")
        if f'"userID": {id},' not in text:
            raise BenchError(f"qpfs did not show the user {id}")
        total = sandbox.total()
    return [Row("one", "qpfs", service.count, total, (f"{total:,}", ""))]


def _one_id(service: Service) -> str:
    """A shell command that prints the ID of someone in the middle."""
    page = f"{service.sandbox.url}/{USERS}?page={service.pages // 2 + 1}&perPage=1000"
    curl = " ".join(f"'{word}'" for word in service.curl(page))
    return f"{curl} | jq '.response[0].userID'"


# As libfuse's debugging output names them.
OPCODES = {
    "lookup": {"LOOKUP"},
    "getattr": {"GETATTR"},
    "open": {"OPEN"},
    "read": {"READ"},
    "opendir": {"OPENDIR"},
    "readdir": {"READDIR", "READDIRPLUS"},
}


def requests(service: Service) -> list[Row]:
    """What the first walk asked for, and what a second one on the same mount adds."""
    with service.qpfs(debug=True) as mount:
        seen = []
        for _ in range(2):
            service.place.run("ls", "-l", mount / USERS)
            read_all(service.place, mount / USERS)
            seen.append(re.findall(r"opcode: (\w+)", "\n".join(mount.log)))
    rows = []
    for name, opcodes in OPCODES.items():
        once, twice = (sum(1 for opcode in walk if opcode in opcodes) for walk in seen)
        values = (f"{twice - once:,}", f"{once:,}")
        rows.append(Row("requests", name, service.count, twice - once, values))
    return rows


def held(pid: int, what: str) -> int:
    """Bytes of memory that a process has or had, by the name in its status."""
    return int(re.search(rf"{what}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) * 1024


def small_lists(place: Workplace, departments: int) -> list[Row]:
    """What a record takes where a list has few of them."""
    with Service(place, 0, departments=departments) as service, service.qpfs() as mount:
        before = held(mount.pid, "RssAnon")
        files = place.run("find", mount.point, "-name", "*.json").count("\n")
        bytes_ = (held(mount.pid, "RssAnon") - before) / files
    if files <= departments * PEOPLE:
        raise BenchError(f"qpfs showed {files} files")
    values = (f"{bytes_ * files / MIB:.0f} MiB", "")
    return [Row("small lists", "", files, bytes_ / 1000, values)]


def memory(place: Workplace, count: int) -> list[Row]:
    with Service(place, count) as service:
        json = service.bytes()
        with service.qpfs() as mount:
            listed = place.run("ls", "-f", mount / USERS).count(".json\n")
            peak = held(mount.pid, "VmHWM")
    if listed != count:
        raise BenchError(f"qpfs listed {listed} users of {count}")
    row = Row(
        "memory",
        "JSON",
        count,
        peak / (1.4 * json + 16 * MIB),
        (f"{peak / MIB:.0f} MiB", f"{json / MIB:.0f} MiB"),
    )
    row.seconds = (peak / MIB, json / MIB)
    row.note = f"{peak / json:.2f} × JSON"
    return [row]
