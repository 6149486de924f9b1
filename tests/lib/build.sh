# shellcheck shell=bash
# build.sh: programs of the tests, for the suites that run them.

# build_programs TARGET...: made when they are old, or the suite ends.  Suites
# run side by side: one builds at a time, as in ./dev.
build_programs() {
    flock "$WEIR_BUILD" \
        make -C "$WEIR_BUILD" --no-print-directory "$@" \
        >"$WEIR_TMP/make.log" 2>&1 && return
    tail -n 20 "$WEIR_TMP/make.log" >&2
    echo 'not ok build: make failed'
    exit 1
}
