# shellcheck shell=bash
# demo.sh: the built command line, and the examples it deploys and starts.

# weir_cli ARGS: the built CLI against this home's stack.  Its login is kept per
# home, beside the build, not in the person's own configuration.
weir_cli() {
    local sum

    sum=$(printf '%s' "$home" | sha256sum | cut -c1-12)
    WEIR_URL=$(running_url) XDG_CONFIG_HOME=$build/cli/$sum \
        "$build/weir" "$@"
}

cmd_weir() {
    home_find
    [ -x "$build/weir" ] || die "the command line is not built; run ./dev build"
    weir_cli "$@"
}

weir_login() {
    (umask 077 && mkdir -p "$build/cli")
    weir_cli login --user admin --password-file "$home/admin-password"
}
