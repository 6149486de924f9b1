# shellcheck shell=bash
# deps.sh: Debian packages, installed without starting anything.
#
# Server packages start and enable their daemons when they are installed.  While
# we install, a policy-rc.d of ours refuses that; units that the installation
# enabled for the next boot are disabled again.  Nothing that was there before
# is touched.

policy_file=/usr/sbin/policy-rc.d
policy_mark='# written by weir ./dev deps, safe to delete'

# packages PROFILE: the names up to it: run, build, full, test.
packages() {
    local last=$1

    awk -v last="$last" '
        BEGIN { rank["run"] = 1; rank["build"] = 2
                rank["full"] = 3; rank["test"] = 4 }
        /^#/ || !NF { next }
        rank[$1] <= rank[last] { print $2 }' "$real_top/dev.d/packages.txt"
}

missing_packages() {
    local p

    for p in $(packages "$1"); do
        # `ii ` or `hi `: the package is installed and configured.
        dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null |
            grep -q '^.i' || printf '%s\n' "$p"
    done
}

# Says what would be needed where there is no apt.
need_debian() {
    if ! have apt-get dpkg-query; then
        die "this is no Debian system; Weir needs what these packages provide:" \
            "$(packages "$1" | tr '\n' ' ')"
    fi
}

policy_begin() {
    if [ -e "$policy_file" ] && ! grep -qF "$policy_mark" "$policy_file"; then
        # Someone else's policy stays; it must already refuse starts.
        if "$policy_file" weir-probe start >/dev/null 2>&1; then
            die "'$policy_file' of this machine lets packages start daemons;" \
                "install these by hand: $*"
        fi
        return 0
    fi
    printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >"$policy_file"
    chmod 755 "$policy_file"
}

policy_end() {
    if [ -f "$policy_file" ] && grep -qF "$policy_mark" "$policy_file"; then
        rm -f "$policy_file"
    fi
}

enabled_units() {
    find /etc/systemd/system \( -path '*.wants/*.service' \
        -o -path '*.wants/*.socket' \) 2>/dev/null |
        sed 's,.*/,,' | LC_ALL=C sort -u
}

# What the installation enabled for the next boot is disabled again.
disable_new_units() {
    local unit

    LC_ALL=C comm -13 <(printf '%s\n' "$1") <(enabled_units) |
        while read -r unit; do
            case $unit in
            nginx.service | postgresql*.service | redis*.service | \
                rabbitmq*.service | epmd.*)
                if have deb-systemd-helper; then
                    deb-systemd-helper disable "$unit" || true
                fi
                if [ -e "/etc/init.d/${unit%.service}" ]; then
                    update-rc.d "${unit%.service}" disable || true
                fi
                ;;
            esac
        done
}

apt_install() {
    local before

    trap policy_end EXIT
    policy_begin "$@"
    before=$(enabled_units)
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=120 update
    apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@"
    disable_new_units "$before"
    policy_end
}

# deps_ready PROFILE: install what is missing, or say what is and change nothing.
deps_ready() {
    local profile=$1 list=()

    need_debian "$profile"
    mapfile -t list < <(missing_packages "$profile")
    if declare -F node_packages >/dev/null; then
        mapfile -t -O "${#list[@]}" list < <(node_packages "$profile")
    fi
    [ "${#list[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        die "these packages are missing and only root can install them:" \
            "apt-get install ${list[*]}"
    fi
    plain_link
    step "install ${#list[@]} packages" \
        "check the network and the apt sources of this machine" \
        apt_install "${list[@]}"
}

cmd_deps() {
    case ${1:-test} in
    run | build | full | test)
        deps_ready "${1:-test}"
        ;;
    *)
        die "no package profile '$1'; one of run, build, full, test"
        ;;
    esac
}
