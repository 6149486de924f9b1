# shellcheck shell=bash
# lib.sh: words every part of ./dev uses.  Sourced, never run.

die() {
    printf 'dev: %s\n' "$*" >&2
    exit 1
}

now_ms() {
    local t=$EPOCHREALTIME

    t=${t/[.,]/}
    printf '%s' "$((t / 1000))"
}

# seconds_since MS: "1.3"
seconds_since() {
    local ms=$(($(now_ms) - $1))

    printf '%d.%d' $((ms / 1000)) $((ms % 1000 / 100))
}

# plain_path DIR: DIR, or a link to it that make and configure can bear.
#
# configure refuses a path with a space or a shell character.  The link lives in
# a folder that only this user can write, named after the folder it stands for;
# plain_link makes it, once it is sure that something will be built.
plain_base=/var/tmp/weir-build-$UID

plain_path() {
    case $1 in
    *[!A-Za-z0-9_./@%+=:,-]*)
        printf '%s/%s' "$plain_base" \
            "$(printf '%s' "$1" | sha256sum | cut -c1-12)"
        ;;
    *) printf '%s' "$1" ;;
    esac
}

plain_link() {
    [ "$top" != "$real_top" ] || return 0
    [ -d "$plain_base" ] || mkdir -m 700 "$plain_base"
    if [ ! -O "$plain_base" ] || [ -L "$plain_base" ]; then
        die "'$plain_base' belongs to someone else; remove it and run again"
    fi
    ln -sfn "$real_top" "$top"
}

# step TITLE FIX COMMAND...: run it quietly, one line with its seconds.
# A failure shows the last 20 lines, the log file and the likely fix, and ends.
step() {
    local title=$1 fix=$2 start log status=0

    shift 2
    log=$(step_log "$title")
    start=$(now_ms)
    printf '  %-34s' "$title"
    # A subshell of its own, so that `set -e` holds inside the function.
    set +e
    (
        set -e
        "$@"
    ) >"$log" 2>&1 </dev/null
    status=$?
    set -e
    if [ $status -eq 0 ]; then
        printf '%6s s\n' "$(seconds_since "$start")"
        return 0
    fi
    printf '%6s s  FAILED\n' "$(seconds_since "$start")"
    {
        printf '\n'
        tail -n 20 "$log" | sed 's/^/    | /'
        printf '\n    step:       %s\n' "$title"
        printf '    log file:   %s\n' "$log"
        printf '    likely fix: %s\n' "$fix"
    } >&2
    exit 1
}

step_log() {
    local name=${1//[^a-zA-Z0-9]/-}

    mkdir -p "$build/log"
    printf '%s/log/%s.log' "$build" "$name"
}

# have COMMAND...: are all of them there?
have() {
    local c

    for c in "$@"; do
        command -v "$c" >/dev/null 2>&1 || return 1
    done
}

# tree_hash DIR: one hash over names and contents, wherever it is, generated files
# left out.
tree_hash() (
    cd "$1"
    find . \( -name node_modules -o -name dist -o -name test-results \) \
        -prune -o -type f -print0 | LC_ALL=C sort -z |
        xargs -0 sha256sum | sha256sum | cut -d' ' -f1
)

# lock FD FOLDER: one ./dev at a time in FOLDER, until it ends or unlocks; the
# next one waits and says so.  The folder itself is locked: nothing is left over.
locked=' '

lock() {
    case $locked in *" $1 "*) return 0 ;; esac
    eval "exec $1<\"\$2\""
    if ! flock -n "$1"; then
        printf '  another ./dev works on %s; waiting until it is done\n' "$2"
        flock "$1"
    fi
    locked="$locked$1 "
}

unlock() {
    eval "exec $1<&-"
    locked=${locked/ $1 / }
}

# For what outlives this program.
no_locks() {
    exec 8<&- 9<&-
}

# The home's lock is taken before the build's, never after it.
home_lock() {
    lock 9 "$home"
}

build_lock() {
    mkdir -p "$build"
    lock 8 "$build"
}
