# shellcheck shell=bash
# up.sh: from a checkout to a running stack with something to see.

# port_taken: does something listen where nginx is to listen?
port_taken() {
    local port any='0{8}|0{32}' one a b c d

    port=$(printf '%04X' "$(setting port)")
    IFS=. read -r a b c d <<<"$(setting listen)"
    case $(setting listen) in
    0.0.0.0 | ::) one='[0-9A-F]+' ;;
    ::1) one='0{24}01000000' ;;
    *.*.*.*) one=$(printf '%02X%02X%02X%02X' "$d" "$c" "$b" "$a") ;;
    *) one='[0-9A-F]+' ;;
    esac
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        awk '$4 == "0A" { print $2 }' | grep -qE "^($any|$one):$port\$"
}

check_port() {
    local port

    port=$(setting port)
    case $port in
    # Refused below, by the program that knows every setting.
    '' | *[!0-9]*) return 0 ;;
    esac
    # Ours, at whatever address it listens now.
    if pid_of nginx >/dev/null; then
        case $(cat "$home/run/url" 2>/dev/null) in
        *:"$port") return 0 ;;
        esac
    fi
    end_orphans
    if port_taken; then
        die "port $port is taken by another program; choose one that is free:" \
            "WEIR_PORT=$((port + 1)) ./dev up"
    fi
}

# What runs is a copy that user weir owns: the checkout may be closed to it, and
# an edit there must not reach a running stack.
app_files() {
    cat <<TEXT
$build/weir bin/weir
$build/weir-worker sbin/weir-worker
$build/weir-scheduler sbin/weir-scheduler
$build/.libs/ngx_http_weir_module.so modules/ngx_http_weir_module.so
$top/nginx-conf nginx-conf
$top/frontend/dist console
$top/examples examples
TEXT
}

app_hash() {
    app_files | cut -d' ' -f1 | xargs -r -d '\n' sh -c \
        'find "$@" -type f -print0' sh | LC_ALL=C sort -z |
        xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

app_current() {
    [ -f "$home/app/.hash" ] && [ "$(cat "$home/app/.hash")" = "$(app_hash)" ]
}

copy_app() {
    local stage from to

    stage=$build/app
    rm -rf "$stage"
    while read -r from to; do
        mkdir -p "$stage/$(dirname "$to")"
        cp -rL "$from" "$stage/$to"
    done < <(app_files)
    app_hash >"$stage/.hash"
    chmod -R u+rwX,go+rX "$stage"
    # Root reads, weir writes: each with no more rights than it needs.
    tar -C "$stage" -c . | as_weir sh -c 'rm -rf app.new &&
        mkdir app.new && tar -C app.new --no-same-owner -x &&
        rm -rf app.old && { [ ! -e app ] || mv app app.old; } &&
        mv app.new app && rm -rf app.old'
    rm -rf "$stage"
}

migrate_store() {
    as_weir "$home/app/bin/weir" migrate --home "$home"
}

mark_started() {
    wait_until 20 "the stack" is_ready
    as_weir touch "$(mark started)"
    settings_digest | as_weir sh -c 'cat >run/settings'
}

# "nginx 17 worker 18": the programs of this home that run.
running_programs() {
    local name pid

    for name in $programs; do
        if pid=$(pid_of "$name"); then
            printf '%s %s ' "$name" "$pid"
        fi
    done
}

# A start that failed or was broken off leaves no half of a stack.  One that was
# whole before and was not touched goes on.
up_ended() {
    local now

    [ "$up_before" != 'done' ] || return 0
    now=$(running_programs)
    case $now in
    'nginx '*' worker '*' scheduler '*)
        [ "$now" != "$up_before" ] || return 0
        ;;
    esac
    if [ -n "$(our_pids)" ] || ! no_servers; then
        printf '    stopped what had been started\n' >&2
        stop_stack >&2
    fi
}

# Does what runs have the settings of now?  Programs read them when they start.
settings_current() {
    [ -z "$up_before" ] ||
        [ "$(cat "$home/run/settings" 2>/dev/null)" = "$(settings_digest)" ]
}

# The servers of the full profile become settings; without them the home's data
# are in its SQLite file.
profile_ready() {
    if [ "$1" = full ]; then
        step "name the servers" "is the disk full?" name_servers
        settings_check
        if [ -e "$home/weir.db" ] && runs_own postgres &&
            [ ! -e "$home/.started-full" ]; then
            printf '  the data in %s stay there; ./dev up --embedded %s\n' \
                "$home/weir.db" "goes back to them"
        fi
    elif is_full; then
        step "stop programs and servers" "./dev down" stop_programs
        step "leave the full profile" "./dev down" forget_servers
        settings_check
    fi
}

closing_lines() {
    local url=$1

    printf '\n'
    printf 'user admin, password in %s (./dev password prints it)\n' \
        "$home/admin-password"
    printf 'try:  open %s and log in\n' "$url"
    printf '      ./dev weir tasks         what waits for people\n'
    printf '      ./dev weir incidents     what broke, and why\n'
    case $(setting listen) in
    127.0.0.1 | ::1)
        printf 'from another machine:  ssh -L %s:127.0.0.1:%s %s\n' \
            "$(setting port)" "$(setting port)" "$(uname -n)"
        ;;
    esac
    printf 'ready %s\n' "$url"
}

cmd_up() {
    local arg profile='' deps=build

    for arg in "$@"; do
        case $arg in
        --full | --embedded) profile=${arg#--} ;;
        *) die "up has no option '$arg'" ;;
        esac
    done
    if [ "$(uname -s)" != Linux ]; then
        die "Weir runs on Linux; this is $(uname -s)"
    fi
    need_debian build
    home_find
    [ ! -d "$home" ] || home_lock
    home_check
    check_port
    # A home stays what it is.
    if [ -z "$profile" ] && is_full; then
        profile=full
    fi
    [ "$profile" != full ] || deps=full
    need_debian "$deps"
    deps_ready "$deps"
    plain_link
    mkdir -p "$build"
    if as_root && ! id "$weir_user" >/dev/null 2>&1; then
        step "create the user $weir_user" "is useradd allowed here?" make_user
    fi
    home_note
    if [ ! -d "$home" ]; then
        step "make $home" "is the disk full or read-only?" \
            mkdir -p -- "$home"
    fi
    home_lock
    build_lock
    cmd_build
    step "home $home" "is the disk full or read-only?" make_home
    settings_check
    up_before=$(running_programs)
    trap up_ended EXIT
    profile_ready "$profile"
    if ! app_current; then
        # New programs: the old ones end before their files go.
        if [ -n "$(our_pids)" ]; then
            step "stop the old programs" "./dev down" stop_programs
        fi
        step "copy the programs" "is the disk full?" copy_app
    elif ! settings_current; then
        step "stop what has other settings" "./dev down" stop_programs
    fi
    unlock 8
    start_servers
    step "migrate the store" "read the log file" migrate_store
    step "start weir-worker" "read $home/log/worker.log" start_worker
    step "start weir-scheduler" "read $home/log/scheduler.log" start_scheduler
    step "start nginx" "read $home/log/nginx-error.log" start_nginx
    step "wait until ready" "read $home/log/worker.log" mark_started
    examples_once
    up_before='done'
    closing_lines "$(stack_url)"
}
