"""--help, the manual, docs/options.md and completion tell the same."""

import re

import pytest

from mount_fixtures import ROOT
from tools import output, run

ON_COMMAND_LINE_ALONE = {"fsname", "config"}


def words(text: str) -> str:
    return " ".join(text.split())


def page(root, name: str) -> str:
    section = name.rsplit(".")[-1]
    path = root / f"share/man/man{section}/{name}"
    text = output("mandoc", "-Tutf8", "-O", "width=200", path)
    return re.sub(".\b", "", text)


def section(text: str, title: str) -> str:
    return re.search(rf"^{title}\n(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)[1]


def options_of_page(text: str) -> dict[str, str]:
    """Names, and what is said of the default."""
    rows = re.findall(r"^ {7}(\w+)(?:=.*)?\n {11}(.*)", section(text, "OPTIONS"), re.MULTILINE)
    defaults = {name: re.search(r"Default: (.*)\.$", told.strip()) for name, told in rows}
    return {name: found[1] if found else "–" for name, found in defaults.items()}


@pytest.fixture
def helped(command) -> dict[str, str]:
    """Of each option of --help its default."""
    text = command("--help", key=None).stdout.split("Options (-o;")[1]
    rows = re.findall(r"^  (\w+)(=\S+)? {2,}(.*(?:\n {4,}.*)*)", text, re.MULTILINE)
    options = {}
    for name, value, told in rows:
        default = re.search(r"\(default: (.*?)\)", words(told))
        options[name] = default[1] if default else "–" if value else "off"
    assert len(options) > 20
    return options


def test_the_manual_tells_the_options_of_help(root, helped):
    assert options_of_page(page(root, "qpfs.8")) == helped


def test_the_manual_of_the_file_tells_those_that_may_stand_there(root, helped):
    in_file = {name: text for name, text in helped.items() if name not in ON_COMMAND_LINE_ALONE}
    assert options_of_page(page(root, "qpfs.conf.5")) == in_file


def test_the_options_page_tells_the_options_of_help(helped):
    text = (ROOT / "docs/options.md").read_text()
    rows = re.findall(r"^\| `(\w+)[^|]*(?:\\\|[^|]*)*\| (.*?) \|", text, re.MULTILINE)
    assert {name: default.replace("`", "") for name, default in rows} == helped


@pytest.mark.parametrize(
    "path",
    [
        "bash-completion/completions/qpfs",
        "zsh/site-functions/_qpfs",
        "fish/vendor_completions.d/qpfs.fish",
    ],
)
def test_completion_knows_the_options_and_switches_of_help(root, helped, command, path):
    text = (root / "share" / path).read_text()
    assert {name for name in helped if not re.search(rf"\b{name}\b", text)} == set()
    for switch in switches(command("--help", key=None).stdout):
        fish = rf"-l {switch.strip('-')}\b|-s {switch.strip('-')}\b"
        assert re.search(rf"(?<![\w-]){switch}\b" + (f"|{fish}" if "fish" in path else ""), text)


def switches(helped: str) -> list[str]:
    rows = re.findall(r"^  (-\w|--\w+)(?:, (--\w+))?", helped, re.MULTILINE)
    return [name for row in rows for name in row if name]


def test_the_manual_tells_the_switches_and_calls_of_help(root, command):
    helped, manual = command("--help", key=None).stdout, page(root, "qpfs.8")
    told = switches(helped)
    assert {"-f", "-o", "--demo", "--check", "--help"} <= set(told)
    rows = re.findall(r"^ {7}(-\w|--\w+)(?:, (--\w+))?", section(manual, "SWITCHES"), re.MULTILINE)
    assert [name for row in rows for name in row if name] == told
    calls = helped.split("\n\n")[0].replace("usage: ", "")
    assert words(section(manual, "SYNOPSIS")) == words(calls)


def test_the_manual_shows_the_tree_of_the_readme(root):
    told = section(page(root, "qpfs.8"), "DESCRIPTION")
    tree = (ROOT / "README.md").read_text().split("```\n/mnt/questionpro/")[1].split("```")[0]
    assert f"MOUNTPOINT/ {words(tree)}" in words(told)


def test_the_manual_tells_all_errors_of_the_semantics(root):
    table = (ROOT / "docs/semantics.md").read_text().split("## Errors")[1].split("- **E1**")[0]
    errors = set(re.findall(r"\bE[A-Z]{3,}\b", table)) - {"EINTR"}
    assert len(errors) > 10
    assert errors - set(re.findall(r"\w+", section(page(root, "qpfs.8"), "ERRORS"))) == set()


def examples(name: str) -> list[str]:
    text = (ROOT / f"data/man/{name}.scd.in").read_text()
    return re.findall(r"^```\n(.*?)^```", text.split("# EXAMPLES")[1], re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", examples("qpfs.conf.5"))
def test_the_examples_of_the_file_can_be_read(example, command, sandbox, key_file):
    config = key_file.with_name("config")
    config.write_text(example)
    options = {"config": config, "api_url": sandbox.url, "api_key_file": key_file}
    done = command("--check", **options, key=None)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_demo_of_the_manual_runs(build, environment, tmp_path):
    [demo] = [text for text in examples("qpfs.8") if "--demo" in text]
    script = "mount -t tmpfs own ~\ncd\n" + demo
    env = environment | {"PATH": f"{build}/src:{environment['PATH']}"}
    done = run("unshare", "--mount", "bash", "-euc", script, env=env, timeout=30)
    assert "1234\n1235\n1236\n" in done.stdout and done.stderr == ""
