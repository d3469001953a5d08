"""Everything is in its place after meson install."""

from docs import ROOT
from tools import output, processes_naming, run, wait_until

PLACES = {
    "bin/qpfs",
    "libexec/qpfs/qpfs-sandbox",
    "share/man/man8/qpfs.8",
    "share/man/man5/qpfs.conf.5",
    "share/bash-completion/completions/qpfs",
    "share/zsh/site-functions/_qpfs",
    "share/fish/vendor_completions.d/qpfs.fish",
    "share/doc/qpfs/CONTRIBUTING.md",
    "share/doc/qpfs/README.md",
    "share/doc/qpfs/examples/qpfs.conf",
    "share/doc/qpfs/examples/qpfs-fleet.conf",
    "share/doc/qpfs/examples/qpfs.rules.yml",
    "share/doc/qpfs/docs/options.md",
    "share/doc/qpfs/examples/mnt-questionpro.mount",
    "share/doc/qpfs/examples/mnt-questionpro.automount",
    "lib/systemd/system/qpfs@.service",
}


def test_each_file_is_where_its_user_looks_for_it(root):
    installed = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert PLACES <= installed
    pages = [path for path in (ROOT / "docs").rglob("*") if path.is_file()]
    docs = {f"share/doc/qpfs/{path.relative_to(ROOT)}" for path in pages}
    assert docs <= installed


def test_the_installed_demo_finds_its_sample_account(root, environment, point):
    script = f"""
    mount --bind {root} /usr/local
    /usr/local/bin/qpfs --demo {point}
    ls {point}
    umount {point}
    """
    done = run("unshare", "--mount", "sh", "-ec", script, env=environment, timeout=30)
    assert (done.stdout, done.stderr) == ("communities\norganizations\n", "")
    # It ends by itself, a moment after it was unmounted.
    wait_until(lambda: not processes_naming(str(point)))


def test_the_example_configuration_is_one(root, command, sandbox, key_file):
    example = root / "share/doc/qpfs/examples/qpfs.conf"
    assert run("sed", "-n", "s/^#\\([a-z_]* = \\)/\\1/p", example).stdout.count("\n") == 4
    for script in ["", "s/^#\\([a-z_]* = \\)/\\1/"]:
        config = key_file.with_name("config")
        config.write_text(output("sed", script, example))
        options = {"config": config, "api_url": sandbox.url, "api_key_file": key_file}
        done = command("--check", **options, key=None)
        assert done.returncode == 0, done.stdout + done.stderr
