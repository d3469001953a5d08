# Installs Debian packages that are missing, and builds: functions for the other tools.

BUILD_PACKAGES="gcc libc6-dev meson ninja-build pkg-config libfuse3-dev libcurl4-openssl-dev
    libcjson-dev libssl-dev libxxhash-dev libmicrohttpd-dev libcmocka-dev scdoc fuse3"

die() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# need_packages PACKAGE...: returns when all are installed, ends the script when they can't be.
need_packages() {
    missing=
    for package in "$@"; do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=
        [ "$status" = installed ] || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0

    command -v apt-get >/dev/null ||
        die "these are needed, and apt-get is not here to install them:$missing"
    as_root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            die "as root, do first: apt-get install$missing"
        as_root=sudo
    fi
    echo "$(basename "$0"): installing with apt-get:$missing"
    log=$(mktemp)
    # shellcheck disable=SC2086 # a list of words
    if ! { $as_root apt-get update &&
        $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die "apt-get could not install:$missing"
    fi
    rm -f "$log"
}

# unpack_packages DIRECTORY PACKAGE...: puts what they hold below DIRECTORY and installs nothing, so
# that no service starts.
unpack_packages() {
    into=$1
    shift
    for package in "$@"; do
        [ ! -e "$into/$package" ] || continue
        mkdir -p "$into"
        unpacked=$(mktemp -d "$into/new.XXXXXX")
        if ! (cd "$unpacked" && apt-get download "$package" && dpkg-deb -x ./*.deb .) >"$unpacked/log" 2>&1; then
            tail -n 20 "$unpacked/log" >&2
            die "apt-get could not download $package; if its lists are old, do as root: apt-get update"
        fi
        mv "$unpacked" "$into/$package"
    done
}

# need_fuse: ends the script where no file system can be mounted.
need_fuse() {
    [ -c /dev/fuse ] ||
        die "there is no /dev/fuse here; do as root: modprobe fuse (a container must be given the device)"
    { : <>/dev/fuse; } 2>/dev/null ||
        die "/dev/fuse may not be opened here; a container needs --device /dev/fuse --cap-add SYS_ADMIN"
}

# build DIRECTORY [MESON OPTION...]: makes or renews a build of the working tree. With no options a
# build that is there stays as it is configured.
build() {
    directory=$1
    shift
    log=$(mktemp)
    if ! {
        if [ ! -f "$directory/build.ninja" ]; then
            meson setup "$directory" "$@"
        elif [ $# -gt 0 ] && [ "$(cat "$directory/options" 2>/dev/null)" != "$*" ]; then
            meson configure "$directory" "$@"
        fi && { [ $# = 0 ] || echo "$*" >"$directory/options"; } && ninja -C "$directory"
    } >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        rm -f "$log"
        die "the build in $directory failed"
    fi
    rm -f "$log"
}

# build_strictly DIRECTORY [MESON OPTION...]: as build, and warnings are errors. Only the project's
# own runs are that strict; what users and packagers build may warn.
build_strictly() {
    directory=$1
    shift
    build "$directory" -Dwerror=true -Dman=enabled "$@"
}
