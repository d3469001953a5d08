"""qpfs can be built for a machine whose programs do not run on the one that builds."""

import json

from docs import ROOT
from tools import output

# The compiler is that of this machine, so that its libraries are found. Meson believes that what
# it makes can't be run here, and refuses a build that would. Before 1.3 it knows pkg-config by
# another name.
CROSS_FILE = """
[binaries]
c = 'cc'
ar = 'ar'
strip = 'strip'
pkg-config = 'pkg-config'
pkgconfig = 'pkg-config'

[properties]
needs_exe_wrapper = true

[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'aarch64'
endian = 'little'
"""


def test_a_cross_build_runs_nothing_that_it_has_built(tmp_path):
    cross_file = tmp_path / "aarch64.txt"
    cross_file.write_text(CROSS_FILE)
    build = tmp_path / "build"
    output("meson", "setup", "--cross-file", cross_file, "-Dman=enabled", build, cwd=ROOT)
    targets = json.loads(output("meson", "introspect", "--targets", build))
    assert {"qpfs", "qpfs-sandbox", "qpfs.8", "qpfs.conf.5"} <= {row["name"] for row in targets}
