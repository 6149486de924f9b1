# shellcheck shell=bash
# chaos.sh: a stack of its own under var/chaos, killed at random (tests/chaos).

cmd_chaos() {
    local tmp=$top/var/chaos

    cmd_build
    rm -rf "$tmp"
    mkdir -p "$tmp"
    cd "$top"
    WEIR_TOP=$top WEIR_BUILD=$build WEIR_TMP=$tmp \
        exec /usr/bin/python3 -m tests.chaos.run "$@"
}
