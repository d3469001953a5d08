"""The Debian package on a fresh Debian: it installs, mounts in each way, and leaves nothing.

The tests run in this order, and the last one takes the package away.
"""

import pytest

from account import KEY, USER
from docs import ROOT

JANE = """
jane() { su -s /bin/sh -c "$1" jane; }
"""


def keyed(sandbox) -> str:
    """What root has, on a file system that vanishes with the script."""
    return f"""
    mount -t tmpfs mnt /mnt
    (umask 077; echo {KEY} > /mnt/key)
    mkdir /mnt/questionpro
    export XDG_STATE_HOME=/mnt/state
    options=user_id={USER},api_url={sandbox.url},api_key_file=/mnt/key
    """


def test_it_says_its_version_and_runs_the_demo(installed, package):
    script = JANE + """
    jane 'mkdir ~/q; qpfs --demo ~/q && ls ~/q && cat ~/q/communities/123456.json | head -n 1'
    jane 'grep " /home/jane/q " /proc/mounts && fusermount3 -u ~/q; rmdir ~/q'
    qpfs --version
    """
    said = installed.output(script)
    assert "communities\norganizations\n{\n" in said
    assert " fuse.qpfs ro,nosuid,nodev," in said
    assert said.endswith(f"qpfs {package.name.split('_')[1]}\n")


def test_what_distributions_run_on_it_passes(installed, autopkgtest):
    """As autopkgtest runs it: without needs-root as a user, and a word on stderr is a failure."""
    assert autopkgtest["Restrictions"] == ["isolation-machine"]
    [name] = autopkgtest["Tests"]
    script = JANE + f"""
    mount -t tmpfs mnt /mnt
    install -d -o jane /mnt/tmp
    cat > /mnt/{name} <<'END'
{(ROOT / "debian/tests" / name).read_text()}END
    chmod +x /mnt/{name}
    jane 'AUTOPKGTEST_TMP=/mnt/tmp /mnt/{name}'
    ls /mnt/tmp
    """
    done = installed.run(script)
    assert (done.returncode, done.stderr) == (0, "")
    users = "1234567.json\n1234588.json\n"
    assert done.stdout == f"communities\norganizations\n{users}jane@example.com\n"


def test_mount_and_fstab_know_it(installed, sandbox):
    script = keyed(sandbox) + """
    mount -t fuse.qpfs none /mnt/questionpro -o "$options"
    ls /mnt/questionpro
    umount /mnt/questionpro
    echo "none /mnt/questionpro fuse.qpfs $options,noauto,_netdev 0 0" > /mnt/fstab
    mount --fstab /mnt/fstab /mnt/questionpro
    ls /mnt/questionpro/organizations
    umount /mnt/questionpro
    """
    assert installed.output(script) == "communities\norganizations\n2345678\n"


def test_others_are_let_in_where_that_is_wanted(installed, sandbox):
    script = JANE + keyed(sandbox) + """
    qpfs -o "$options,allow_other,umask=022" /mnt/questionpro
    jane 'ls /mnt/questionpro'
    umount /mnt/questionpro
    qpfs -o "$options" /mnt/questionpro
    jane 'ls /mnt/questionpro 2>&1' || true
    umount /mnt/questionpro
    """
    said = installed.output(script)
    assert said.startswith("communities\norganizations\n")
    assert said.endswith("Permission denied\n")


@pytest.mark.parametrize("page, title", [("8 qpfs", "qpfs(8)"), ("5 qpfs.conf", "qpfs.conf(5)")])
def test_its_manual_is_found(installed, page, title):
    said = installed.output(f"man {page} | cat")
    assert said.startswith(title) and "\nEXAMPLES\n" in said


def test_its_completion_is_found(installed):
    script = """
    bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader qpfs; complete -p qpfs'
    """
    assert installed.output(script) == "complete -F _qpfs qpfs\n"
    for where in ["zsh/vendor-completions/_qpfs", "fish/vendor_completions.d/qpfs.fish"]:
        assert (installed.path / "usr/share" / where).exists()


def test_the_check_finds_what_it_needs(installed, sandbox):
    script = keyed(sandbox) + 'qpfs --check -o "$options" /mnt/questionpro'
    done = installed.run(script)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_left_when_it_is_purged(installed, before):
    assert installed.files() != before
    installed.output("dpkg --purge qpfs")
    assert installed.files() == before
