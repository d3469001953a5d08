"""--help, the manual, docs/options.md and completion tell the same."""

import re

import pytest

from docs import ROOT
from tools import output, run

ON_COMMAND_LINE_ALONE = {"fsname", "config"}

# Where each shell finds its completion, and what in it names options, switches and values.
COMPLETIONS = {
    "bash": {
        "path": "bash-completion/completions/qpfs",
        "options": r" options='(.*?)'",
        "switches": r" switches='(.*?)'",
        "files": r"^ +([\w |]+)\)\n +cur=\$value\n +_filedir",
        "flags": r"^ +([\w |]+)\)\n +COMPREPLY=[^\n]*-W 'yes no'",
        "centres": r"^ +env\)\n +COMPREPLY=[^\n]*-W '(.*?)'",
    },
    "zsh": {
        "path": "zsh/site-functions/_qpfs",
        "options": r"^ +['\"](\w+)\[",
        "switches": r"^ +'(?:\(- \*\)'\{|\*)?(--?\w+(?:,--\w+)?)[+=]?(?:\}')?\[",
        "files": r"^ +'(\w+)\[[^\n]*:_files'",
        "flags": r"^ +\"(\w+)\[[^\n]*\$flag\"",
        "centres": r"^ +'env\[[^\n]*:\((.*?)\)'",
    },
    "fish": {
        "path": "fish/vendor_completions.d/qpfs.fish",
        "options": r"^ +'(\w+=?)' '",
        "switches": r"^complete -c qpfs((?: -s \w| -l \w+)+)",
        "files": r"^ +case ([\w ]+)\n +set values \(complete ",
        "flags": r"^ +case ([\w ]+)\n +set values [^\n]* yes no\)",
        "centres": r"^ +case env\n +set values \(printf '[^']*' (.*?)\)",
    },
}


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
    rows = re.findall(
        r"^ {7}(\w+)(?:=.*)?\n((?: {11}.*\n)+)", section(text, "OPTIONS"), re.MULTILINE
    )
    defaults = {name: re.search(r"Default: (.*)\.$", words(told)) for name, told in rows}
    return {name: found[1] if found else "–" for name, found in defaults.items()}


@pytest.fixture
def helped_text(command) -> str:
    return command("--help", key=None).stdout


@pytest.fixture
def helped(helped_text) -> dict[str, str]:
    """Of each option of --help its default."""
    rows = option_rows(helped_text)
    options = {}
    for name, value, told in rows:
        default = re.search(r"\(default: (.*?)\)", words(told))
        options[name] = default[1] if default else "–" if value else "off"
    assert len(options) > 20
    return options


def option_rows(helped_text: str) -> list[tuple[str, str, str]]:
    """Name, the value with its =, and what is said of it."""
    text = helped_text.split("Options (-o;")[1]
    return re.findall(r"^  (\w+)(=\S+)? {2,}(.*(?:\n {4,}.*)*)", text, re.MULTILINE)


def data_centres(helped_text: str) -> set[str]:
    return set(re.search(r"Data centres \(env\): (.*)\.", helped_text)[1].split(", "))


def test_the_manual_tells_the_options_of_help(root, helped):
    assert options_of_page(page(root, "qpfs.8")) == helped


def test_the_manual_tells_the_values_of_help(root, helped_text):
    options = section(page(root, "qpfs.8"), "OPTIONS")
    told = re.findall(r"^ {7}(\w+)(=.*)?\n {11}", options, re.MULTILINE)
    assert sorted(told) == sorted((name, value) for name, value, _ in option_rows(helped_text))


def test_the_manual_tells_the_variables_of_help(root, helped_text):
    variables = set(re.findall(r"\bQUESTIONPRO_\w+", helped_text))
    assert len(variables) > 3
    environment = section(page(root, "qpfs.8"), "ENVIRONMENT")
    assert set(re.findall(r"^ {7}(QUESTIONPRO_\w+)$", environment, re.MULTILINE)) == variables


def test_the_manual_tells_the_data_centres_of_help(root, helped_text):
    told = words(section(page(root, "qpfs.8"), "OPTIONS"))
    centres = re.search(r"data centre of the account: (.*?)\.", told)[1]
    assert set(re.split(r", | or ", centres)) == data_centres(helped_text)


def test_the_manual_of_the_file_tells_those_that_may_not_stand_there(root, helped):
    told = words(section(page(root, "qpfs.conf.5"), "OPTIONS"))
    alone = re.search(r"Each option .* may stand here, .* but for (\w+) and (\w+)\.", told)
    assert set(alone.groups()) == ON_COMMAND_LINE_ALONE <= set(helped)


def test_the_file_may_hold_every_option_but_those(command, helped, tmp_path):
    for name in helped:
        config = tmp_path / "config"
        config.write_text(f"{name} =\n")
        done = command("--check", config=config, key=None)
        refused = f"{name} may stand on the command line alone" in done.stderr
        assert refused == (name in ON_COMMAND_LINE_ALONE), done.stderr
        assert "no option is called" not in done.stderr


def test_the_options_page_tells_the_options_of_help(helped):
    text = (ROOT / "docs/options.md").read_text()
    rows = re.findall(r"^\| `(\w+)[^|]*(?:\\\|[^|]*)*\| (.*?) \|", text, re.MULTILINE)
    assert {name: default.replace("`", "") for name, default in rows} == helped


@pytest.mark.parametrize("shell", COMPLETIONS)
def test_completion_knows_the_options_and_switches_of_help(root, helped_text, shell):
    patterns = COMPLETIONS[shell]
    text = (root / "share" / patterns["path"]).read_text()

    def named(what: str) -> set[str]:
        found = " ".join(re.findall(patterns[what], text, re.MULTILINE | re.DOTALL))
        return set(re.findall(r"[\w=-]+", found))

    rows = option_rows(helped_text)
    flags = {name for name, value, _ in rows if value in ("", "=no")}
    assert {name.strip("=") for name in named("options")} == {name for name, _, _ in rows}
    if shell != "zsh":  # which adds the = by itself
        assert named("options") == {f"{name}=" if value else name for name, value, _ in rows}
    assert named("files") == {name for name, value, _ in rows if value == "=FILE"}
    assert named("flags") == flags
    assert named("centres") == data_centres(helped_text)
    told = set(switches(helped_text))
    if shell == "fish":
        told = {name.strip("-") for name in told} | {"-s", "-l"}
    assert named("switches") == told


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
    text = (ROOT / f"data/man/{name}.scd").read_text()
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
