"""How it is called: what is refused and why, and what is mounted then."""

import errno
import os
import signal
import subprocess
from pathlib import Path

import pytest

from account import KEY, ORG, USER
from tools import error_of, is_mounted, processes_naming, run, wait_until

SECRET = "0123-do-not-show"


@pytest.fixture
def key_file(tmp_path) -> Path:
    path = tmp_path / "key"
    path.write_text(f"{KEY}\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def refused(command, point):
    """Runs it, in the foreground and in the background alike, and returns what it said."""

    def start(*arguments, **options) -> str:
        said = []
        for mode in ["-f"], []:
            done = command(*mode, *(arguments or [point]), **options)
            assert (done.returncode, done.stdout) == (1, "")
            assert not is_mounted(point)
            said.append(done.stderr)
        return said[0] if said[0] == said[1] else "\n".join(said)

    return start


def end_daemon(point: Path) -> int:
    """The exit status of the daemon that has this mount point on its command line."""
    [daemon] = processes_naming(str(point))
    os.kill(daemon, signal.SIGTERM)
    return os.waitstatus_to_exitcode(os.waitpid(daemon, 0)[1])


# -------- what is mounted --------


def test_in_the_background_the_parent_ends_when_the_mount_answers(sandbox, command, point):
    done = command(point, user_id=USER, api_url=sandbox.url)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert os.listdir(point) == ["communities", "organizations"]
    assert end_daemon(point) == 0
    assert not is_mounted(point)


def test_in_the_background_it_holds_no_lock_of_its_caller(sandbox, shell):
    options = f"user_id={USER},api_url={sandbox.url},api_key_file=$HOME/key"
    done = shell(f"""
        (umask 077 && cat >~/key); mkdir /mnt/here
        flock -n /mnt/lock qpfs -o {options} /mnt/here
        trap 'umount /mnt/here' EXIT
        flock -n /mnt/lock ls /mnt/here
    """)
    assert (done.returncode, done.stdout) == (0, "communities\norganizations\n"), done.stderr


def test_it_mounts_without_standard_input(sandbox, qpfs, environment, point):
    env = environment | {"QUESTIONPRO_API_KEY": KEY}
    options = f"user_id={USER},api_url={sandbox.url}"
    done = run("sh", "-c", 'exec "$@" <&-', "sh", qpfs, "-o", options, point, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert os.listdir(point) == ["communities", "organizations"]
    assert end_daemon(point) == 0


def test_a_relative_mount_point_works_in_the_background(sandbox, qpfs, environment, point):
    env = environment | {"QUESTIONPRO_API_KEY": KEY}
    options = f"user_id={USER},api_url={sandbox.url}"
    done = run(qpfs, "-o", options, f"../{point.name}", cwd=point, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(os.listdir(point)) == 2
    [daemon] = processes_naming(f"../{point.name}")
    os.kill(daemon, signal.SIGTERM)
    assert os.waitpid(daemon, 0)[1] == 0


def test_a_mount_point_with_odd_characters(sandbox, command, point):
    odd = point / "a b,c\\d\té"
    odd.mkdir()
    assert command(odd, user_id=USER, api_url=sandbox.url).returncode == 0
    assert len(os.listdir(odd)) == 2
    [daemon] = processes_naming(str(point))
    assert run("umount", odd).returncode == 0
    assert os.waitpid(daemon, 0)[1] == 0


def test_delay_connect_mounts_with_a_key_that_is_wrong(sandbox, command, point):
    options = {"user_id": USER, "api_url": sandbox.url, "delay_connect": True}
    assert command(point, key="wrong", **options).returncode == 0
    assert sandbox.total() == 0
    assert error_of(os.listdir, point / "communities") == errno.EACCES
    assert end_daemon(point) == 0


def test_delay_connect_mounts_while_the_service_is_down(sandbox, mount):
    sandbox.kill()
    fs = mount(sandbox, delay_connect=True, timeout=5)
    fs.expect_log("onnect")
    assert error_of(os.listdir, fs / "communities") == errno.ECONNREFUSED
    sandbox.start()
    wait_until(lambda: error_of(os.listdir, fs / "communities") == 0)


def test_a_key_file_of_ones_own_works(sandbox, command, point, key_file):
    options = {"user_id": USER, "api_url": sandbox.url, "api_key_file": key_file}
    assert command(point, key=None, **options).returncode == 0
    assert end_daemon(point) == 0


@pytest.mark.parametrize("mode", ["-f", ""], ids=["foreground", "background"])
# semantics: K1
def test_a_key_comes_from_a_program(sandbox, shell, mode):
    """Which may take its time."""
    options = f"user_id={USER},api_url={sandbox.url}"
    line = f'qpfs {mode} -o "{options}",api_key_file=<(sleep 1; cat ~/key)'
    done = shell(f"""
        cat >~/key; mkdir /mnt/here; {line} /mnt/here {"&" if mode else ""}
        until mountpoint -q /mnt/here; do sleep .1; done
        ls /mnt/here; umount /mnt/here; wait
    """)
    assert (done.returncode, done.stdout) == (0, "communities\norganizations\n"), done.stderr


# semantics: K1
def test_a_pipe_that_nobody_writes_to_is_given_up(sandbox, refused, tmp_path):
    os.mkfifo(tmp_path / "key", 0o600)
    said = refused(user_id=USER, api_url=sandbox.url, api_key_file=tmp_path / "key")
    assert said == (
        f"qpfs: error: nobody wrote a key into the pipe {tmp_path}/key; start first what does, "
        "or name a file with the key in it\n"
    )


@pytest.fixture
def mount_8(qpfs, environment, tmp_path, point):
    """Calls mount(8)'s helper as mount(8) does; that itself looks for qpfs only where it would
    be installed."""
    (tmp_path / "qpfs").symlink_to(qpfs)
    path = f"{tmp_path}:{os.environ['PATH']}:/usr/sbin:/sbin"

    def start(options: str):
        command = ["mount.fuse3", "none", point, "-o", f"rw,{options}", "-t", "fuse.qpfs"]
        return run(*command, env=environment | {"PATH": path})

    return start


def test_mount_8_mounts_it(sandbox, point, key_file, mount_8):
    options = f"user_id={USER},api_url={sandbox.url},api_key_file={key_file},noatime,_netdev"
    done = mount_8(options)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(os.listdir(point)) == 2
    [daemon] = processes_naming(str(point))
    assert run("umount", point).returncode == 0
    assert os.waitstatus_to_exitcode(os.waitpid(daemon, 0)[1]) == 0


def test_mount_8_is_told_why_it_fails(sandbox, point, mount_8):
    done = mount_8(f"user_id={USER},api_url={sandbox.url}")
    assert done.returncode == 1 and "api_key_file" in done.stderr
    assert not is_mounted(point)


# -------- what is refused --------


# semantics: K3
def test_a_wrong_key_is_said_and_nothing_is_mounted(sandbox, refused):
    said = refused(key="wrong", user_id=USER, api_url=sandbox.url)
    assert "Incorrect API Key" in said and "wrong" not in said.replace("Incorrect", "")


FAILURES = {
    "404": ({"status": 404}, "HTTP 404"),
    "500": ({"status": 500}, "HTTP 500"),
    "no JSON": ({"body": "<html>"}, "HTTP 200, but"),
    "a stall": ({"stall": 60}, "no answer within the timeout"),
}


@pytest.mark.parametrize("rule, why", FAILURES.values(), ids=FAILURES.keys())
def test_a_service_that_fails_is_not_mounted(sandbox, refused, rule, why):
    sandbox.fault(f"users/{USER}", **rule)
    timeout = 1 if "stall" in rule else 10
    assert why in refused(user_id=USER, api_url=sandbox.url, timeout=timeout)


def test_a_service_that_is_down_is_not_mounted(sandbox, refused):
    sandbox.kill()
    said = refused(user_id=USER, api_url=sandbox.url, timeout=1)
    assert "api_url" in said
    sandbox.start()


def test_a_mount_is_given_up_at_once_by_sigint(sandbox, qpfs, environment, point):
    sandbox.fault(f"users/{USER}", stall=600)
    env = environment | {"QUESTIONPRO_API_KEY": KEY}
    options = f"user_id={USER},api_url={sandbox.url},timeout=600"
    command = [qpfs, "-f", "-o", options, point]
    process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE)
    wait_until(lambda: sandbox.total() == 1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert not is_mounted(point)


def test_without_a_key_nothing_is_mounted(sandbox, refused):
    said = refused(key=None, user_id=USER, api_url=sandbox.url)
    assert "api_key_file" in said and "QUESTIONPRO_API_KEY" in said
    assert sandbox.total() == 0


# semantics: K1
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_key_file_that_others_may_open_is_refused(sandbox, refused, key_file, mode):
    key_file.chmod(mode)
    said = refused(key=None, user_id=USER, api_url=sandbox.url, api_key_file=key_file)
    assert f"chmod 600 {key_file}" in said
    assert sandbox.total() == 0


KEY_FILES = {"empty": "", "two lines": "a\nb\n", "binary": "a\0b", "long": "x" * 5000}


@pytest.mark.parametrize("text", KEY_FILES.values(), ids=KEY_FILES.keys())
def test_a_key_file_without_a_key_is_refused(sandbox, refused, key_file, text):
    key_file.write_text(text)
    said = refused(key=None, user_id=USER, api_url=sandbox.url, api_key_file=key_file)
    assert str(key_file) in said and sandbox.total() == 0


# semantics: K1
def test_a_key_on_the_command_line_is_refused_and_not_repeated(sandbox, refused):
    said = refused(user_id=USER, api_url=sandbox.url, api_key=SECRET)
    assert "api_key_file" in said and SECRET not in said


REMOTE = ["http://api.questionpro.com/a/api/v2", "http://127.0.0.1.example.com/a/api/v2"]


# semantics: K2
@pytest.mark.parametrize("url", [*REMOTE, "http://localhost@example.com/a/api/v2"])
def test_plain_http_to_another_machine_is_refused(refused, url):
    assert "error: api_url: " in refused(user_id=USER, api_url=url)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "nonsense"])
def test_a_url_that_is_none_is_refused(refused, url):
    assert "error" in refused(user_id=USER, api_url=url)


OPTIONS = {
    "unknown": ({"no_such_option": 1}, "no_such_option"),
    "unknown, without a value": ({"cache_tll": True}, "cache_tll"),
    "auto_unmount": ({"auto_unmount": True}, "rsync --delete"),
    "nonempty": ({"nonempty": True}, "nonempty"),
    "a number that is none": ({"cache_ttl": "soon"}, "cache_ttl"),
    "a number too small": ({"timeout": 0}, "timeout"),
    "a negative number": ({"rate": -1}, "rate"),
    "an organization that is none": ({"organizations": "12x"}, "organizations"),
    "a department without organization": ({"departments": "1234"}, "departments"),
    "an unknown data centre": ({"env": "moon", "api_url": None}, "moon"),
    "no account": ({"user_id": None}, "user_id"),
    "a certificate file that is missing": ({"cacert": "/nonexistent"}, "cacert|/nonexistent"),
    "a configuration file that is missing": ({"config": "/nonexistent"}, "/nonexistent"),
}


# semantics: E13
@pytest.mark.parametrize("options, why", OPTIONS.values(), ids=OPTIONS.keys())
def test_these_options_are_refused(sandbox, refused, options, why):
    said = refused(**{"user_id": USER, "api_url": sandbox.url} | options)
    assert "error: " in said and any(word in said for word in why.split("|"))
    assert sandbox.total() == 0


# semantics: E13
def test_a_mount_point_that_is_missing_is_refused(sandbox, refused, point):
    said = refused(point / "missing", user_id=USER, api_url=sandbox.url)
    assert f"{point}/missing" in said and "mkdir" in said
    assert sandbox.total() == 0


# semantics: E13
@pytest.mark.parametrize("path", ["missing", "missing/below", "missing/below/that"])
def test_a_missing_mount_point_below_where_one_is_can_be_made(sandbox, command, tmp_path, path):
    done = command("-f", path, user_id=USER, api_url=sandbox.url, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.endswith(f"{path}: there is no such directory; do: mkdir -p {path}\n")


# semantics: E13
def test_a_mount_point_that_is_a_file_is_refused(sandbox, refused, key_file):
    said = refused(key_file, user_id=USER, api_url=sandbox.url)
    assert f"{key_file}: it is no directory" in said


# semantics: E13
def test_a_mount_point_that_is_not_empty_is_refused(sandbox, refused, tmp_path, key_file):
    said = refused(tmp_path, user_id=USER, api_url=sandbox.url)
    assert f"{tmp_path}: it is not empty" in said


def test_a_mount_point_that_is_in_use_is_refused(sandbox, mount, refused):
    fs = mount(sandbox)
    said = refused(fs.point, user_id=USER, api_url=sandbox.url)
    assert "mounted there already" in said
    assert os.listdir(fs.point) == ["communities", "organizations"]


def test_no_mount_point_and_two_mount_points_are_refused(command, point):
    assert command("-f").returncode == 1
    assert command("-f", point, point, point).returncode == 1
    assert command("--no-such-flag", point).returncode == 1


def test_help_and_version(command):
    said = command("--help", key=None)
    assert (said.returncode, said.stderr) == (0, "")
    for word in ["usage: qpfs", "cache_ttl", "QUESTIONPRO_API_KEY", "--demo"]:
        assert word in said.stdout
    said = command("--version", key=None)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("qpfs ") and said.stdout.count("\n") == 1


# -------- the command line, then the environment, then the file --------


@pytest.fixture
def organization_shown(command, point):
    def start(variables: dict, **options) -> list[str]:
        done = command(point, variables=variables, **options)
        assert (done.returncode, done.stderr) == (0, "")
        shown = os.listdir(point), os.stat(point).st_mode & 0o777
        assert end_daemon(point) == 0
        return shown

    return start


WITH, WITHOUT = ["communities", "organizations"], ["organizations"]


def test_all_can_stand_in_a_configuration_file(sandbox, organization_shown, tmp_path, key_file):
    config = tmp_path / "qpfs.conf"
    config.write_text(
        f"# an account\nuser_id = {USER}\napi_url = {sandbox.url}\n"
        f"api_key_file = {key_file}\numask = 027\n"
    )
    assert organization_shown({}, config=config) == (WITH, 0o750)


def test_values_may_stand_in_quotes_and_have_comments(sandbox, organization_shown, tmp_path):
    key = tmp_path / "my keys #1; new"
    key.mkdir()
    (key / "key").touch(mode=0o600)
    (key / "key").write_text(KEY)
    config = tmp_path / "qpfs.conf"
    config.write_text(
        f"user_id = {USER}  # Customer ID\napi_url = \"{sandbox.url}\"  # office\n"
        f"api_key_file = '{key}/key' ; mine\numask = 027\t# for the group\n"
    )
    assert organization_shown({}, config=config, key=None) == (WITH, 0o750)


def test_the_file_of_the_user_is_found_by_itself(sandbox, organization_shown, tmp_path):
    directory = tmp_path / ".config/qpfs"
    directory.mkdir(parents=True)
    (directory / "config").write_text(f"user_id = {USER}\napi_url = {sandbox.url}\n")
    assert organization_shown({}) == (WITH, 0o700)
    other = tmp_path / "xdg/qpfs"
    other.mkdir(parents=True)
    (other / "config").write_text(f"organizations = {ORG}\napi_url = {sandbox.url}\n")
    assert organization_shown({"XDG_CONFIG_HOME": f"{tmp_path}/xdg"}) == (WITHOUT, 0o700)


def test_the_environment_wins_over_the_file(sandbox, organization_shown, tmp_path):
    config = tmp_path / "qpfs.conf"
    config.write_text("user_id = 99\napi_url = http://127.0.0.1:9/a/api/v2\n")
    variables = {"QUESTIONPRO_USER_ID": str(USER), "QUESTIONPRO_API_URL": sandbox.url}
    assert organization_shown(variables, config=config)[0] == WITH
    assert sandbox.paths() == {f"/users/{USER}": 1}


def test_the_command_line_wins_over_the_environment(sandbox, organization_shown, tmp_path):
    config = tmp_path / "qpfs.conf"
    config.write_text("user_id = 98\numask = 000\n")
    variables = {"QUESTIONPRO_USER_ID": "99", "QUESTIONPRO_API_URL": "http://127.0.0.1:9/"}
    options = {"config": config, "user_id": USER, "api_url": sandbox.url, "umask": "037"}
    assert organization_shown(variables, **options) == (WITH, 0o740)
    assert sandbox.paths() == {f"/users/{USER}": 1}


def test_a_mistake_in_the_file_is_said_with_its_line(sandbox, refused, tmp_path):
    config = tmp_path / "qpfs.conf"
    wrong = ["no_such_option = 1", "cache_ttl = soon", 'env = "eu', "rubbish", f"api_key = {SECRET}"]
    for line in wrong:
        config.write_text(f"user_id = {USER}\n{line}\n")
        said = refused(config=config, api_url=sandbox.url)
        assert "error: " in said and SECRET not in said


@pytest.mark.parametrize(
    "arguments, hint",
    [
        (["-o", "cachettl=60"], "did you mean cache_ttl?"),
        (["-o", "noatme"], "did you mean noatime?"),
        (["--chek"], "did you mean --check?"),
    ],
)
def test_a_name_that_is_near_is_named(command, point, arguments, hint):
    done = command(*arguments, point)
    assert done.returncode != 0 and hint in done.stderr
