"""The examples of the documentation, run as they are written."""

import os
import re
import runpy
import subprocess
from pathlib import Path

import pytest

from account import KEY
from conftest import ROOT
from tools import run

README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def block_with(text: str, language: str = "sh") -> str:
    return next(block for block in blocks(language) if text in block)


@pytest.fixture
def shell(environment, tmp_path, build):
    """Runs a script where /mnt and /home are its own, with qpfs in the PATH and ~ somewhere empty."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "qpfs").symlink_to(build / "src/qpfs")
    home = tmp_path / "home"
    home.mkdir()

    def start(script: str, **variables) -> subprocess.CompletedProcess:
        own = "mount -t tmpfs own /mnt\nmount -t tmpfs own /home\ncd\n"
        env = environment | {"HOME": str(home)} | variables
        env["PATH"] = f"{programs}:{env['PATH']}"
        command = ["unshare", "--mount", "bash", "-euo", "pipefail", "-c", own + script]
        return run(*command, env=env, input=KEY + "\n", timeout=80)

    return start


def test_every_shell_block_of_the_readme_is_run_below():
    known = ["tools/demo", "umask 077", "fusermount3 -u", "rsync -a", "meson setup"]
    assert [any(text in block for text in known) for block in blocks("sh")] == [True] * len(known)


def test_the_readme_mounts_looks_backs_up_and_unmounts(shell, sandbox):
    mount = block_with("umask 077").replace("api_key_file", f"api_url={sandbox.url},api_key_file")
    result = shell(mount + block_with("rsync -a") + block_with("fusermount3 -u") + "ls ~/backup")
    assert result.returncode == 0, result.stderr
    assert "1234\n1235\n1236\n" in result.stdout
    assert '"name": "Test Community"' in result.stdout
    assert re.search(r"users/\d+\.json\n", result.stdout)
    assert result.stdout.endswith("communities\norganizations\n")
    assert result.stderr == ""


def test_the_configuration_file_of_the_readme_is_all_that_a_mount_needs(shell, sandbox):
    script = f"""
    mkdir -p /home/jane ~/.config/qpfs /mnt/questionpro
    (umask 077 && cat > /home/jane/.questionpro-key)
    cat > ~/.config/qpfs/config <<'END'
{block_with("user_id", "ini")}END
    qpfs /mnt/questionpro
    ls /mnt/questionpro
    fusermount3 -u /mnt/questionpro
    """
    result = shell(script, QUESTIONPRO_API_URL=sandbox.url)
    assert (result.stdout, result.stderr) == ("communities\norganizations\n", "")


def test_the_demo_shows_a_tour_and_stays_mounted(shell):
    script = f"cd {ROOT}\n{block_with('tools/demo')}ls /mnt/questionpro\n"
    result = shell(script + "fusermount3 -u /mnt/questionpro\n")
    assert result.returncode == 0, result.stderr
    assert '"emailAddress": "jane@example.com"' in result.stdout
    assert "To unmount:  fusermount3 -u /mnt/questionpro" in result.stdout
    assert result.stdout.endswith("communities\norganizations\n")


def test_the_demo_can_end_with_its_tour(shell):
    result = shell(f"cd {ROOT}\ntools/demo --tour-only\nls /mnt/questionpro\n")
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith("/mnt/questionpro is unmounted.\n")


def test_the_readme_builds_and_installs(environment, tmp_path):
    sources = tmp_path / "sources"
    ours = ["--cached", "--others", "--exclude-standard"]
    files = run("git", "-C", ROOT, "ls-files", "-z", *ours).stdout.split("\0")
    for name in filter(None, files):
        target = sources / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    env = environment | {"DESTDIR": str(tmp_path / "root")}
    result = run("sh", "-ec", block_with("meson setup"), cwd=sources, env=env, timeout=80)
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
    page = (ROOT / "docs/reliability.md").read_text()
    [count] = re.findall(r"`tests/defences/defences.py` lists (\d+) of them", page)
    table = runpy.run_path(str(ROOT / "tests/defences/defences.py"))
    assert int(count) == len(table["DEFENCES"])


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
