# shellcheck shell=bash
# build.sh: autotools, out of tree, quick when nothing changed.

# make_quiet TARGET...: what `step` runs, also for suites.
make_in_build() {
    make -C "$build" --no-print-directory -j"$(nproc)" "$@"
}

bootstrap_tree() {
    cd "$top"
    autoreconf -fi
}

# WEIR_CONFIGURE adds options, as in WEIR_CONFIGURE="--enable-sanitizers".
configure_tree() {
    local options=()

    read -ra options <<<"${WEIR_CONFIGURE:-}"
    [ -z "${CI:-}" ] || options+=(--enable-werror)
    mkdir -p "$build"
    cd "$build"
    # pyenv and conda put their own pkg-config and python first on PATH.
    "$top/configure" -C PKG_CONFIG=/usr/bin/pkg-config \
        CFLAGS="${WEIR_CFLAGS:--O2 -g}" "${options[@]}"
    printf '%s\n' "$top" >"$build/.top"
}

# A moved checkout is built anew: configure wrote the old place everywhere.
forget_moved_build() {
    find "$build" -mindepth 1 -maxdepth 1 ! -name log ! -name node \
        -exec rm -rf {} +
}

# Two would write the same files: the second waits, and finds the work done.
build_all() {
    local before=$locked

    build_lock
    build_steps
    [ "$locked" = "$before" ] || unlock 8
}

build_steps() {
    if [ -f "$build/.top" ] && [ "$(cat "$build/.top")" != "$top" ]; then
        step "the folder moved: build anew" "rm -rf $build" forget_moved_build
    fi
    if [ ! -x "$top/configure" ]; then
        step "generate configure" "./dev deps" bootstrap_tree
    fi
    if [ ! -f "$build/Makefile" ]; then
        step "configure" "./dev deps" configure_tree
    fi
    step "build" "read the first error in the log file" make_in_build all
}

cmd_build() {
    local before=$locked

    build_lock
    build_all
    if declare -F build_console >/dev/null; then
        build_console
    fi
    [ "$locked" = "$before" ] || unlock 8
}
