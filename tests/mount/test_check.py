"""qpfs --check: what it says before anyone mounts anything."""

import json
import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import formatdate

import pytest

from account import DEPARTMENTS, FIELD, KEY, MARKETING, ORG, ORGANIZATION, USER
from mount import option_text, reporting_to
from tools import output, run, wait_until

pytestmark = pytest.mark.exact_service("the calls are counted")

NOWHERE = "http://127.0.0.1:9/a/api/v2"


@dataclass
class Said:
    status: int
    found: dict

    def __getitem__(self, name: str) -> int:
        return self.found[name]

    def findings(self, what: str) -> list[dict]:
        return [finding for finding in self.found["findings"] if finding["what"] == what]

    def finding(self, what: str) -> dict:
        [finding] = self.findings(what)
        return finding

    def problem(self, what: str) -> str:
        """The text of the only problem."""
        [finding] = [one for one in self.found["findings"] if one["state"] == "problem"]
        assert (finding["what"], self.status, self["problems"]) == (what, 1, 1)
        return f"{finding['text']} > {finding['remedy']}"


@pytest.fixture
def check(command):
    def start(*arguments, **options) -> Said:
        done = command("--check", "--json", *arguments, **options)
        return Said(done.returncode, json.loads(done.stdout))

    return start


@pytest.fixture
def check_account(sandbox, check):
    def start(*arguments, **options) -> Said:
        return check(*arguments, **{"user_id": USER, "api_url": sandbox.url} | options)

    return start


@pytest.fixture
def elsewhere(qpfs, environment, sandbox):
    """In a mount namespace of its own, prepared by a shell script, with qpfs at /mnt/qpfs."""

    def start(script: str, *prefix: str, **options) -> Said:
        given = {"user_id": USER, "api_url": sandbox.url} | options
        env = environment | {"QUESTIONPRO_API_KEY": KEY, "HOME": "/mnt"} | reporting_to("stderr")
        steps = f"""
        exec 3<{qpfs}
        mount -t tmpfs own /mnt
        cat <&3 >/mnt/qpfs
        chmod 755 /mnt/qpfs
        exec 3<&-
        cp -r /etc /mnt/etc 2>/dev/null || true
        mount --bind /mnt/etc /etc
        {script}
        exec {" ".join(prefix)} /mnt/qpfs --check --json -o '{option_text(given)}'
        """
        done = run("unshare", "--mount", "sh", "-euc", steps, env=env)
        assert done.stdout and not done.stderr, done.stderr
        return Said(done.returncode, json.loads(done.stdout))

    return start


# -------- what it costs --------


def calls_of_a_walk(sandbox, mount, **options) -> int:
    sandbox.reset()
    fs = mount(sandbox, **options)
    output("ls", "-lR", fs.point)
    return sandbox.total()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"per_page": 100},
        {"per_page": 50},
        {"user_id": None, "organizations": ORG},
        {"organizations": ORG},
        {"user_id": None, "departments": f"{ORG}/{MARKETING}:{ORG}/{FIELD}"},
        {"departments": f"{ORG}/{MARKETING}"},
    ],
    ids=option_text,
)
# semantics: C3
def test_the_range_holds_what_a_walk_costs(sandbox, check_account, mount, options):
    said = check_account(**options)
    assert said.status == 0
    assert "departments" in options or said["walk_most"] <= 2 * said["walk_least"]
    assert said["walk_least"] <= calls_of_a_walk(sandbox, mount, **options) <= said["walk_most"]


# semantics: C3
@pytest.mark.parametrize("user", [USER, None])
def test_the_figure_is_exact_if_all_users_fit_on_a_page(serve, check, mount, user):
    sandbox = serve("--page-max", "10000")
    options = {"user_id": user, "organizations": ORG, "per_page": 5000}
    said = check(api_url=sandbox.url, **options)
    assert said["walk_least"] == said["walk_most"] == calls_of_a_walk(sandbox, mount, **options)


# semantics: C3
@pytest.mark.parametrize("maximum", [100, 150, 400])
def test_the_service_says_what_a_page_holds(serve, check, mount, maximum):
    sandbox = serve("--page-max", str(maximum))
    for options in {}, {"departments": f"{ORG}/{FIELD}"}:
        said = check(user_id=USER, api_url=sandbox.url, **options)
        walk = calls_of_a_walk(sandbox, mount, **options)
        assert said["walk_least"] <= walk <= said["walk_most"]


def test_a_large_account(serve, check, mount):
    sandbox = serve("--departments", "150", "--users-per", "120", "--page-max", "100", "--rate", "0")
    options = {"user_id": USER, "per_page": 100}
    said = check(api_url=sandbox.url, **options)
    walk = calls_of_a_walk(sandbox, mount, **options)
    assert said["walk_least"] <= walk <= said["walk_most"] <= 2 * walk


# semantics: C3
def test_without_a_user_count_it_is_at_least(sandbox, check_account, mount):
    body = f'{{"response":{{"organizationID":{ORG}}},"requestID":"r"}}'
    sandbox.fault(ORGANIZATION, status=200, body=body)
    said = check_account()
    assert (said.status, said["walk_least"]) == (0, 8)
    assert "at least 8 calls" in said.finding("walk")["text"]
    assert "walk_most" not in said.found


# semantics: C2
@pytest.mark.parametrize("options", [{}, {"organizations": ORG}], ids=option_text)
def test_it_makes_few_calls_and_says_how_many(sandbox, check_account, options):
    said = check_account(**options)
    assert said["calls"] == sandbox.total() == len(sandbox.paths()) <= 5
    assert f"this check made {said['calls']}; " in said.finding("calls")["text"]
    assert not [path for path in sandbox.paths() if re.search(r"departments/\d+/users", path)]
    text = check_account(**options).finding("calls")["text"]
    assert f"{2 * said['calls']} are counted in all" in text


# semantics: L4
def test_it_says_when_a_walk_takes_more_than_is_left(check_account):
    said = check_account(allowance=12)
    assert said.status == 0
    assert said.finding("calls") == {
        "state": "warning",
        "what": "calls",
        "text": "this check made 5; 5 of 12 are used, 6 left, 1 in reserve",
        "remedy": "raise cache_ttl, look at less, or wait for new calls",
    }


# -------- what it says --------


# semantics: C1
def test_a_sound_account(machine, sandbox):
    machine.write("/etc/updatedb.conf", 'PRUNEFS = "fuse.qpfs"\n')
    options = f"user_id={USER},api_url={sandbox.url},api_key_file=/etc/qpfs/key"
    said = machine.output(f"qpfs --check -o {options} /mnt/questionpro")
    lines = [line.split(None, 1) for line in said.splitlines()]
    assert {state for state, _ in lines} == {"ok"}
    assert [rest for _, rest in lines] == [
        "/dev/fuse     can be opened",
        f"fusermount3   {machine.output('command -v fusermount3').strip()}",
        "mount point   /mnt/questionpro is an empty directory",
        f"key           that of /etc/qpfs/key is accepted by {sandbox.url}",
        "clock         agrees with that of the service",
        "communities   3",
        f"organization  {ORG}: 4 departments, 2752 users in all",
        f"people        {ORG}: the list of all users has 2752, as userCount says",
        "walk          a mount and a walk through everything (ls -R, rsync) cost 8 to 10 calls",
        "updatedb      passes over fuse.qpfs",
        "calls         this check made 5; 5 are counted in all",
    ]
    assert "questionpro" not in machine.output("cat /proc/self/mounts")


# semantics: C1
def test_the_remedy_stands_below_the_problem(command):
    done = command("--check", user_id=USER, api_url=NOWHERE)
    assert done.returncode == 1
    assert re.search(
        r"^problem  key           http://127.0.0.1:9/a/api/v2: .*connect.*\n"
        r" {22} > check the network, the option proxy, and env or api_url$",
        done.stdout,
        re.MULTILINE,
    )


# semantics: C1
def test_a_wrong_key(sandbox, check_account):
    text = check_account(key="another-key-altogether").problem("key")
    assert "HTTP 401: Incorrect API Key" in text and "check the key" in text
    assert sandbox.total() == 1


# semantics: C1
@pytest.mark.parametrize(
    "rule, text",
    [
        ({"status": 404}, "HTTP 404.* > check user_id, organizations and departments"),
        ({"status": 403}, "HTTP 403.* > the key may not read this"),
        ({"body": "<h1>Sign in</h1>"}, "HTTP 200, but.* > .*whether a proxy"),
        ({"status": 302}, "HTTP 302.* > check api_url"),
        ({"status": 400}, "HTTP 400.* > check user_id"),
        ({"stall": 60}, "no answer within the timeout > check the network"),
    ],
    ids=str,
)
def test_a_service_that_does_not_answer_as_it_should(sandbox, check_account, rule, text):
    sandbox.fault(f"users/{USER}", **rule)
    timeout = 1 if "stall" in rule else 10
    assert re.search(text, check_account(timeout=timeout).problem("key"))


# semantics: C1
def test_tls_that_fails_makes_one_look_at_the_clock(sandbox, check_account):
    said = check_account(api_url=sandbox.url.replace("http://", "https://"))
    assert "check the clock" in said.problem("key")
    assert re.match("this machine says that it is 20", said.finding("clock")["text"])


# semantics: C1
def test_an_organization_that_may_not_be_read(sandbox, check_account):
    sandbox.fault(ORGANIZATION, status=403)
    said = check_account()
    assert f"organizations/{ORG}: HTTP 403" in said.problem("organization")
    assert said["walk_least"] == 8 and "walk_most" not in said.found


# semantics: C1
def test_departments_that_may_not_be_listed(sandbox, check_account):
    sandbox.fault(DEPARTMENTS, status=403)
    said = check_account()
    assert f"organizations/{ORG}/departments: HTTP 403" in said.problem("organization")
    assert "walk_most" not in said.found


# semantics: C4
def test_what_a_server_says_cannot_spoil_the_output(sandbox, command):
    body = '{"response":{"error":{"message":"a \\u001b[31m \\" \\\\ é \\u0007"}}}'
    sandbox.fault(f"users/{USER}", status=403, body=body)
    options = {"user_id": USER, "api_url": sandbox.url}
    assert "\x1b" not in command("--check", **options).stdout
    found = json.loads(command("--check", "--json", **options).stdout)
    [problem] = [one for one in found["findings"] if one["state"] == "problem"]
    assert "é" in problem["text"]


# semantics: C4
def test_json_is_complete(check_account):
    said = check_account()
    assert set(said.found) == {"findings", "calls", "walk_least", "walk_most", "problems"}
    for finding in said.found["findings"]:
        assert set(finding) == {"state", "what", "text", "remedy"}


def test_json_goes_with_check_alone(command, point):
    done = command("--json", point, user_id=USER, api_url=NOWHERE)
    assert done.returncode == 1 and "--json goes with --check" in done.stderr


def test_options_that_are_wrong_are_said_as_for_a_mount(command):
    done = command("--check", user_id="x")
    assert done.returncode == 1 and "user_id=x: it is a whole number" in done.stderr
    done = command("--check", user_id=USER, key=None)
    assert done.returncode == 1 and "no API key" in done.stderr


def test_output_that_cannot_be_written_is_a_failure(qpfs, environment, sandbox):
    script = f"{qpfs} --check -o user_id={USER},api_url={sandbox.url} >/dev/full"
    done = run("sh", "-c", script, env=environment | {"QUESTIONPRO_API_KEY": KEY})
    assert done.returncode == 1


# -------- the mount point --------


# semantics: C1
def test_a_mount_point_that_is_missing(check_account, point):
    text = check_account(point / "none").problem("mount point")
    assert f"there is no such directory > do: mkdir -p {point}/none" in text


# semantics: C1
def test_a_mount_point_that_is_in_use(check_account, sandbox, mount):
    fs = mount(sandbox)
    text = check_account(fs.point).problem("mount point")
    assert "it is not empty" in text and "a file system is mounted there already" in text


# semantics: C1
def test_a_mount_point_whose_program_has_died(check_account, sandbox, mount):
    fs = mount(sandbox)
    fs.expected_exit = -signal.SIGKILL
    fs.signal(signal.SIGKILL)
    fs.wait()
    assert f"do: fusermount3 -u {fs.point}" in check_account(fs.point).problem("mount point")
    output("fusermount3", "-u", fs.point)


# -------- this machine --------

AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


# semantics: C1
def test_a_machine_without_the_device(elsewhere):
    text = elsewhere("mount -t tmpfs own /dev").problem("/dev/fuse")
    assert "No such file" in text and "modprobe fuse" in text


# semantics: C1
def test_a_device_that_may_not_be_opened(elsewhere):
    script = "mount -t tmpfs own /dev\nmknod -m 600 /dev/fuse c 10 229"
    text = elsewhere(script, *AS_NOBODY).problem("/dev/fuse")
    assert "Permission denied" in text and "--device" in text


# semantics: C1
@pytest.mark.parametrize(
    "prefix, state, who",
    [([], "warning", "do"), (AS_NOBODY, "problem", "do as root, or ask who may")],
    ids=["root", "nobody"],
)
def test_a_machine_without_fusermount3(elsewhere, prefix, state, who):
    script = """
    mkdir /mnt/upper /mnt/work
    mount -t overlay own -o lowerdir=/usr/bin,upperdir=/mnt/upper,workdir=/mnt/work /usr/bin
    rm /usr/bin/fusermount3
    """
    finding = elsewhere(script, *prefix, "env", "PATH=/usr/bin").finding("fusermount3")
    assert (finding["state"], finding["remedy"]) == (state, f"{who}: apt install fuse3")


# semantics: C1
def test_a_fusermount3_without_its_setuid_bit(elsewhere):
    script = "install -m 755 /usr/bin/fusermount3 /mnt/f; mount --bind /mnt/f /usr/bin/fusermount3"
    said = elsewhere(script, *AS_NOBODY)
    assert "has lost its setuid bit" in said.finding("fusermount3")["text"]


# semantics: C1
@pytest.mark.parametrize(
    "line, state", [("", "problem"), ("#user_allow_other", "problem"), ("user_allow_other", "ok")]
)
def test_allow_other_needs_a_line_in_fuse_conf(elsewhere, line, state):
    said = elsewhere(f"echo '{line}' >/etc/fuse.conf", *AS_NOBODY, allow_other=True)
    finding = said.finding("fuse.conf")
    assert finding["state"] == state
    assert state == "ok" or "a line: user_allow_other" in finding["remedy"]


def test_root_needs_no_line_in_fuse_conf(elsewhere):
    assert elsewhere("echo >/etc/fuse.conf", allow_other=True).findings("fuse.conf") == []


# semantics: C1
def test_a_context_that_reads_like_it_allows_nobody(elsewhere):
    script = "echo >/etc/fuse.conf; echo >/etc/updatedb.conf"
    said = elsewhere(script, *AS_NOBODY, context='"system_u:object_r:x_allow_t:s0"')
    assert said.finding("SELinux")["state"] == "problem"
    assert said.findings("fuse.conf") == []
    assert said.finding("updatedb")["state"] == "ok"


# semantics: C1
def test_a_context_where_there_is_no_selinux(check_account):
    text = check_account(context="a:b:c").problem("SELinux")
    assert text.endswith("takes no context= and the like > leave it out")


# semantics: C5
@pytest.mark.parametrize(
    "line, remedy",
    [
        ('PRUNEFS="NFS fuse.sshfs"', 'PRUNEFS="NFS fuse.sshfs fuse.qpfs"'),
        ('PRUNEFS = "fuse.qpfs2"', 'PRUNEFS="fuse.qpfs2 fuse.qpfs"'),
        ('# PRUNEFS="fuse.qpfs"', 'PRUNEFS="fuse.qpfs"'),
        ('PRUNEPATHS="/tmp"', 'PRUNEFS="fuse.qpfs"'),
        ("PRUNEFS=", 'PRUNEFS="fuse.qpfs"'),
        ('PRUNEFS="NFS fuse.qpfs ext"', None),
        ('PRUNEFS = "fuse.qpfs"', None),
    ],
)
def test_updatedb_would_walk_through_a_mount(elsewhere, line, remedy):
    said = elsewhere(f"echo '{line}' >/etc/updatedb.conf")
    finding = said.finding("updatedb")
    assert said.status == 0
    assert finding["state"] == ("warning" if remedy else "ok")
    assert finding["remedy"] == (f"write in /etc/updatedb.conf: {remedy}" if remedy else None)


# semantics: C5
@pytest.mark.parametrize("allow, state", [(None, "ok"), (True, "warning")])
def test_updatedb_sees_what_root_may_see(elsewhere, allow, state):
    script = "echo user_allow_other >/etc/fuse.conf; echo >/etc/updatedb.conf"
    said = elsewhere(script, *AS_NOBODY, allow_root=allow)
    assert said.finding("updatedb")["state"] == state


# semantics: C5
def test_without_updatedb_nothing_is_said_of_it(elsewhere):
    assert elsewhere("rm -f /etc/updatedb.conf").findings("updatedb") == []


# semantics: C6
def test_a_clock_that_agrees_is_fine(check_account):
    assert check_account().finding("clock")["state"] == "ok"


# semantics: C6
@pytest.mark.parametrize(
    "date, age, says",
    [
        ("Sat, 01 Jan 2022 00:00:00 GMT", "0", "ahead of"),
        # As late as a time of 32 bits can say, which it is on i386.
        ("Thu, 01 Jan 2037 00:00:00 GMT", "0", "behind"),
        ("Sat, 01 Jan 2022 00:00:00 GMT", "5", "ahead of"),
    ],
)
def test_a_clock_that_is_wrong_is_a_problem(sandbox, check_account, date, age, says):
    sandbox.fault(f"users/{USER}", headers={"Date": date, "Age": age})
    said = check_account()
    assert f" s {says} that of the service > set the clock" in said.problem("clock")


def test_an_answer_that_a_cache_has_kept_says_nothing_of_the_clock(sandbox, check_account):
    an_hour_ago = formatdate(time.time() - 3600, usegmt=True)
    sandbox.fault(f"users/{USER}", headers={"Date": an_hour_ago, "Age": "3600"})
    assert check_account().finding("clock")["state"] == "ok"


def test_the_record_of_the_user_may_be_over_before_its_turn(sandbox, check_account):
    sandbox.latency(1100)
    said = check_account(cache_ttl=1, timeout=10)
    assert said.found["problems"] == 0
    assert said.found["walk_least"] > 0


def test_check_keeps_what_it_looks_at_however_long_that_takes(sandbox, check_account, clock):
    """The tree lets go of what nothing needs. Only a sanitizer tells."""
    sandbox.fault(f"organizations/{ORG}/users", stall=600)
    with ThreadPoolExecutor() as checks:
        said = checks.submit(check_account, timeout=100, cache_ttl=1, stale_if_error=0)
        wait_until(lambda: f"/organizations/{ORG}/users" in sandbox.paths())
        clock.move(70)
        time.sleep(1)
        clock.move(100)
    text = said.result().finding("people")["text"]
    assert text.startswith(f"{ORG}: the list of all users can't be read")
