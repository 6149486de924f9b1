# shellcheck shell=bash
# node.sh: a Node new enough for the console: the system's, or one from npm.

# node_ok PROGRAM: 20.19 or newer; 21 never was a long-term release.
node_ok() {
    local version major minor

    version=$("$1" --version 2>/dev/null) || return 1
    IFS=. read -r major minor _ <<<"${version#v}"
    ((major >= 22 || (major == 20 && minor >= 19)))
}

# Debian's npm only where there is none and the console must be built: it
# conflicts with other packages' node.
node_packages() {
    if [ "$1" != test ] && console_current; then
        return 0
    fi
    if ! have npm && [ ! -x "$build/node/bin/node" ]; then
        printf 'nodejs\nnpm\n'
    fi
}

node_arch() {
    case $(uname -m) in
    x86_64) printf 'x64' ;;
    aarch64) printf 'arm64' ;;
    *) die "no Node from the registry for $(uname -m); install Node 22" ;;
    esac
}

# The registry's packages hold a plain binary and run no install script.
fetch_node() {
    local dir=$build/node package

    package=node-linux-$(node_arch)
    rm -rf "$dir"
    mkdir -p "$dir/bin"
    npm install --prefix "$dir" --no-audit --no-fund --ignore-scripts \
        "$package@22" npm@11
    ln -s "../node_modules/$package/bin/node" "$dir/bin/node"
    ln -s "../node_modules/npm/bin/npm-cli.js" "$dir/bin/npm"
    node_ok "$dir/bin/node"
}

# Puts a good node first on PATH.
node_ready() {
    local store=/etc/ssl/certs/ca-certificates.crt

    # Debian's node trusts what the system trusts, upstream's only its own list;
    # behind a company's proxy that is the difference.
    if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -f "$store" ]; then
        export NODE_EXTRA_CA_CERTS=$store
    fi
    if have node npm && node_ok node; then
        return 0
    fi
    if ! node_ok "$build/node/bin/node"; then
        have npm || die "npm is missing; run ./dev deps"
        step "fetch Node 22" "check that the npm registry is reachable" \
            fetch_node
    fi
    PATH=$build/node/bin:$PATH
}
