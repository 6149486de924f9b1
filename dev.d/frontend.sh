# shellcheck shell=bash
# frontend.sh: the console's packages, build and hot reload.

console=$top/frontend

console_npm() {
    cd "$console"
    npm "$@"
}

install_console_deps() {
    console_npm ci --prefer-offline
    node --version | cat - "$console/package-lock.json" | sha256sum \
        >"$console/node_modules/.weir-lock"
}

# node_modules belongs to one lock file and one version of node.
console_deps() {
    node_ready
    if node --version | cat - "$console/package-lock.json" | sha256sum |
        cmp -s - "$console/node_modules/.weir-lock"; then
        return 0
    fi
    step "install console packages" \
        "check that the npm registry is reachable" install_console_deps
}

make_console() {
    console_npm run build
    tree_hash "$console" >"$console/dist/.sources"
}

# Is the built console of these very sources?  A release tarball brings it along
# and needs no node at all.
console_current() {
    local dir=$real_top/frontend

    [ -f "$dir/dist/index.html" ] &&
        tree_hash "$dir" | cmp -s - "$dir/dist/.sources"
}

build_console() {
    if console_current; then
        return 0
    fi
    console_deps
    step "build console" "read the first error in the log file" make_console
}

cmd_frontend() {
    home_find
    console_deps
    cd "$console"
    WEIR_URL=$(running_url) exec npm run dev -- "$@"
}
