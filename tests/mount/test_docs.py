"""The examples of the documentation, run as they are written."""

import errno
import json
import os
import re
import runpy
from xml.etree import ElementTree

import pytest

from docs import ROOT, Page
from tools import run

README = Page("README.md")
DOCS = (ROOT / "docs").glob("*.md")
blocks, block_with = README.blocks, README.block_with


def test_every_shell_block_of_the_readme_is_run_below():
    """But for the package, which tests/package installs."""
    known = ["grep -rl", "tools/demo", "umask 077", "fusermount3 -u", "rsync -a", "meson setup"]
    assert [any(text in block for text in known) for block in blocks("sh")] == [True] * len(known)


def test_the_readme_mounts_looks_backs_up_and_unmounts(shell, sandbox):
    mount = block_with("umask 077").replace("api_key_file", f"api_url={sandbox.url},api_key_file")
    use = block_with("grep -rl") + block_with("rsync -a") + block_with("fusermount3 -u")
    result = shell(mount + use + "ls ~/backup")
    assert result.returncode == 0, result.stderr
    assert "1234\n1235\n1236\n" in result.stdout
    assert '"name": "Test Community"' in result.stdout
    assert re.search(r"users/\d+\.json\n", result.stdout)
    assert "\njane@example.com\n" in result.stdout
    assert result.stdout.endswith("communities\norganizations\n")
    assert result.stderr == ""


def test_the_configuration_file_of_the_options_page_is_all_that_a_mount_needs(shell, sandbox):
    script = f"""
    mkdir -p /home/jane ~/.config/qpfs /mnt/questionpro
    (umask 077 && cat > /home/jane/.questionpro-key)
    cat > ~/.config/qpfs/config <<'END'
{Page("docs/options.md").block_with("user_id", "ini")}END
    qpfs /mnt/questionpro
    ls /mnt/questionpro
    fusermount3 -u /mnt/questionpro
    """
    result = shell(script, QUESTIONPRO_API_URL=sandbox.url)
    assert (result.stdout, result.stderr) == ("communities\norganizations\n", "")


def test_the_demo_shows_a_tour_and_stays_mounted(shell):
    demo = block_with("tools/demo").splitlines()[0]
    script = f"cd {ROOT}\n{demo}\nls /mnt/questionpro\n"
    result = shell(script + "fusermount3 -u /mnt/questionpro\n")
    assert result.returncode == 0, result.stderr
    assert '"emailAddress": "jane@example.com"' in result.stdout
    assert "To unmount:  fusermount3 -u /mnt/questionpro" in result.stdout
    assert result.stdout.endswith("communities\norganizations\n")


def test_the_demo_can_end_with_its_tour(shell):
    result = shell(f"cd {ROOT}\ntools/demo --tour-only\nls /mnt/questionpro\n")
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith("/mnt/questionpro is unmounted.\n")


def heading_anchors(text: str) -> set[str]:
    """As GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


PAGES = ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{page.name}" for page in DOCS)]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", (ROOT / page).read_text()):
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), link
        assert not anchor or anchor in heading_anchors(target.read_text()), link


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_readme_builds_and_installs(environment, tmp_path):
    sources = tmp_path / "sources"
    ours = ["--cached", "--others", "--exclude-standard"]
    files = run("git", "-C", ROOT, "ls-files", "-z", *ours).stdout.split("\0")
    for name in filter(None, files):
        target = sources / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    env = environment | {"DESTDIR": str(tmp_path / "root")}
    result = run("sh", "-ec", block_with("meson setup"), cwd=sources, env=env, timeout=580)
    assert result.returncode == 0, result.stdout[-2000:]
    installed = {path.name for path in (tmp_path / "root").rglob("*") if os.access(path, os.X_OK)}
    assert {"qpfs", "qpfs-sandbox"} <= installed


def test_help_and_the_options_page_name_the_same_options(command):
    page = (ROOT / "docs/options.md").read_text()
    rows = re.findall(r"^\| (`.*?) \|", page, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`(\w+)", row)}
    helped = set(re.findall(r"^  (\w+)(?:=\S+)? {2,}", command("--help").stdout, re.MULTILINE))
    assert documented == helped


def test_the_page_on_reliability_says_how_many_defences_are_taken_out():
    page = " ".join((ROOT / "docs/reliability.md").read_text().split())
    [count] = re.findall(r"`tests/defences/list` has (\d+) of them", page)
    table = runpy.run_path(str(ROOT / "tests/defences/defences.py"))
    assert int(count) == len(table["DEFENCES"])


def test_each_defence_still_stands_where_it_is_taken_out():
    table = runpy.run_path(str(ROOT / "tests/defences/defences.py"))
    count = {d.name: len(table["places"](ROOT, d)) for d in table["DEFENCES"]}
    assert {name: places for name, places in count.items() if places != 1} == {}
    assert [d.name for d in table["DEFENCES"] if d.old == d.new] == []


def test_no_two_defences_have_the_same_name():
    table = runpy.run_path(str(ROOT / "tests/defences/defences.py"))
    names = [defence.name for defence in table["DEFENCES"]]
    assert sorted(set(names)) == sorted(names)


def test_what_must_notice_a_defence_is_there():
    """The unit test, the function of pytest, or the program of tools/."""
    table = runpy.run_path(str(ROOT / "tests/defences/defences.py"))
    units = "".join(path.read_text() for path in (ROOT / "tests/unit").glob("test_*.c"))
    for defence in table["DEFENCES"]:
        file, _, name = defence.noticed_by.partition("::")
        if name:
            assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text(), defence.name
        elif file.startswith("tools/"):
            assert (ROOT / file.partition(" ")[0]).exists(), defence.name
        else:
            assert f"TEST({file})" in units, defence.name


def test_every_link_in_the_documentation_leads_somewhere():
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
        if "://" not in link
    ]
    assert links
    assert [link for page, link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", ["tour", "status", "backup", "data", "fleet"])
def test_a_picture_is_small_and_tells_nothing_of_the_machine(name):
    content = (ROOT / f"docs/pictures/{name}.svg").read_text()
    assert len(content) < 60000
    assert ElementTree.fromstring(content).tag == "{http://www.w3.org/2000/svg}svg"
    assert not re.search(r"\broot\b|/tmp|/home/(?!jane\b)|@(?!keyframes|media|example)", content)


def test_the_status_of_the_page_has_the_fields_of_a_mount(sandbox, mount):
    shown = json.loads(Page("docs/status.md").block_with("mounted_at", "json"))
    fs = mount(sandbox)
    (fs / "communities/123456.json").read_bytes()
    status = json.loads((fs / ".qpfs/status.json").read_bytes())
    assert list(status) == list(shown)
    assert list(status["calls"]) == list(shown["calls"])
    assert list(status["totals"]) == list(shown["totals"])
    assert list(status["listings"][0]) == list(shown["listings"][0])


def test_one_test_can_be_run_as_contributing_says(build):
    block = Page("CONTRIBUTING.md").block_with("QPFS_TEST=")
    [line] = [line for line in block.splitlines() if line.startswith("QPFS_TEST=")]
    done = run("sh", "-c", line.replace("build/", f"{build}/"))
    assert done.returncode == 0 and "1 test(s) run" in done.stdout + done.stderr
    for path in re.findall(r"tests/mount/\w+\.py", "".join(Page("CONTRIBUTING.md").blocks("sh"))):
        assert (ROOT / path).exists(), path


def test_the_recipe_of_an_endpoint_takes_numbers_that_are_free():
    number = re.compile(r"INO_\w+ = (\d+),")
    taken = number.findall((ROOT / "src/cache/ino.h").read_text())
    recipe = number.findall((ROOT / "CONTRIBUTING.md").read_text())
    assert len(recipe) == 2 and not set(recipe) & set(taken)


LITERAL = r'"(?:[^"\\]|\\.)*"'
FORMAT = r"%[-.*\d]*(?:ll|l|z)?[sudzf]"


def messages() -> set[str]:
    """The texts of the sources as patterns, with anything in the place of what is filled in."""
    found = set()
    for path in (ROOT / "src").rglob("*.[ch]"):
        source = re.sub(rf"({LITERAL})|/\*.*?\*/|'\\?.'", r"\1", path.read_text(), flags=re.DOTALL)
        for texts in re.findall(rf"{LITERAL}(?:\s*(?:[A-Z]\w+\s*)?{LITERAL})*", source):
            pieces = re.findall(rf"{LITERAL}|[A-Z]\w+", texts)
            said = "".join(piece[1:-1] if piece.startswith('"') else "s" for piece in pieces)
            fixed = re.split(FORMAT, said.replace('\\"', '"'))
            if len("".join(fixed)) > 12:
                found.add(".*".join(re.escape(text.replace("%%", "%")) for text in fixed))
    return found


def test_the_headings_of_troubleshooting_are_messages():
    page = (ROOT / "docs/troubleshooting.md").read_text()
    headings = re.findall(r"^### `…?(.*)`$", page, re.MULTILINE)
    errors = {os.strerror(number) for number in errno.errorcode} | {"target is busy"}
    known = messages() | {re.escape(error) for error in errors}
    assert len(headings) > 40
    assert [said for said in headings if not any(re.fullmatch(one, said) for one in known)] == []


NAMED = [name for page in PAGES for name in re.findall(r"`([^`\n]+)`", (ROOT / page).read_text())]


def test_every_path_that_the_documentation_names_is_there():
    tops = "|".join(path.name for path in (ROOT / "src").iterdir() if path.is_dir())
    ours = [name for name in NAMED if re.fullmatch(r"(src|tests|tools|data|docs)/[\w./@-]+", name)]
    inner = [f"src/{name}" for name in NAMED if re.fullmatch(rf"({tops})/\w+\.[ch]", name)]
    assert len(ours) > 20 and len(inner) > 20
    assert [name for name in ours + inner if not (ROOT / name).exists()] == []


def test_every_function_that_the_documentation_names_is_there():
    sources = "".join(path.read_text() for path in (ROOT / "src").rglob("*.[ch]"))
    functions = {name[:-2] for name in NAMED if re.fullmatch(r"[a-z]\w+\(\)", name)}
    assert {name for name in functions if not re.search(rf"\b{name}\(", sources)} == set()
