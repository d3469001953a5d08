"""tools/package.d/compare: what tools/package says of a package that is not reproducible."""

import os
from pathlib import Path

import pytest

from docs import ROOT
from tools import output, run

CONTROL = "Package: small\nVersion: 1\nArchitecture: all\nMaintainer: X <x@y.example>\nDescription: d\n"
FILE = "usr/share/small/file"
VERDICTS = {
    "nothing": "",
    "a file": f"Files first/{FILE} and second/{FILE} differ\n",
    "a field": "Files first/DEBIAN/control and second/DEBIAN/control differ\n",
    "a date": f"2001-01-01 00:00:00 ./{FILE}\n",
    "a mode": f"> -rwxr-xr-x root/root         5 2000-01-01 00:00:00 ./{FILE}\n",
    "the packing": "their files are the same, but not how they are packed\n",
    "a package": "not the same packages: ",
}


def make(place: Path, text="text\n", date=946684800, mode=0o644, control=CONTROL, packing="xz"):
    file = place / "tree" / FILE
    file.parent.mkdir(parents=True)
    file.write_text(text)
    file.chmod(mode)
    (place / "tree/DEBIAN").mkdir()
    (place / "tree/DEBIAN/control").write_text(control)
    for path in [place / "tree", *(place / "tree").rglob("*")]:
        os.utime(path, (date, date))
    env = os.environ | {"SOURCE_DATE_EPOCH": "1000000000", "TZ": "UTC"}
    options = ["--root-owner-group", f"-Z{packing}", "--build"]
    output("dpkg-deb", *options, place / "tree", place / "small.deb", env=env)


@pytest.mark.parametrize("what", VERDICTS)
def test_it_names_what_differs(tmp_path, what):
    changes = {
        "a file": {"text": "tixt\n"},
        "a field": {"control": CONTROL.replace("Description: d", "Description: e")},
        "a date": {"date": 978307200},
        "a mode": {"mode": 0o755},
        "the packing": {"packing": "gzip"},
    }
    for name, options in [("one", {}), ("other", changes.get(what, {}))]:
        (tmp_path / name).mkdir()
        make(tmp_path / name, **options)
    if what == "a package":
        (tmp_path / "one/small.deb").rename(tmp_path / "one/large.deb")
    env = os.environ | {"TZ": "UTC"}
    done = run(ROOT / "tools/package.d/compare", tmp_path / "one", tmp_path / "other", env=env)
    assert (done.returncode, done.stderr) == (int(what != "nothing"), "")
    assert VERDICTS[what] in done.stdout
    assert (done.stdout == "") == (what == "nothing")
