# shellcheck shell=bash
# stack.sh: starts, finds and stops the programs of a home.

programs='nginx worker scheduler'

weir_uid() {
    if as_root; then
        id -u "$weir_user" 2>/dev/null || printf 'none'
    else
        id -u
    fi
}

# pid_of PROGRAM: its pid when it runs.  The file alone proves nothing: a pid is
# used again after a crash or a boot, so owner and command line must fit.
pid_of() {
    local file=$home/run/$1.pid pid=''

    [ -f "$file" ] || return 1
    read -r pid <"$file" || true
    case $pid in
    '' | *[!0-9]*) return 1 ;;
    esac
    is_ours "$pid" || return 1
    printf '%s' "$pid"
}

# our_of PID...: those that are programs of this home.  /proc tells by links,
# which follow a folder that is moved: a worker runs a file of $home/app, an
# nginx has our error log open.
our_of() {
    local uid glob pid nginx=()

    uid=$(weir_uid)
    [ "$uid" != none ] || return 0
    # shellcheck disable=SC1003
    glob=$(printf '%s' "$home" | sed 's/[][*?\\]/\\&/g')
    find "${@/%//exe}" -maxdepth 0 -user "$uid" -lname "$glob/app*/*" \
        2>/dev/null | cut -d/ -f3
    mapfile -t nginx < <(grep -lsx nginx "${@/%//comm}")
    for pid in "${nginx[@]}"; do
        pid=${pid%/comm}
        if find "$pid/fd" -maxdepth 1 -user "$uid" \
            -lname "$glob/log/nginx-error.log*" 2>/dev/null | grep -q .; then
            printf '%s\n' "${pid#/proc/}"
        fi
    done
}

our_pids() {
    our_of /proc/[0-9]*
}

is_ours() {
    [ -n "$(our_of "/proc/$1")" ] || [ -n "$(our_servers "/proc/$1")" ]
}

our_nginx() {
    local pid

    for pid in $(our_pids); do
        if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = nginx ]; then
            printf '%s\n' "$pid"
        fi
    done
}

# A killed nginx master leaves workers that hold the port and serve on.
end_orphans() {
    local pid

    if pid_of nginx >/dev/null; then
        return 0
    fi
    for pid in $(our_nginx); do
        kill -TERM "$pid" 2>/dev/null || true
    done
    wait_until 10 "the end of an old nginx" no_nginx
}

no_nginx() {
    [ -z "$(our_nginx)" ]
}

# start_daemon NAME COMMAND...: in the background, as user weir, its own session.
start_daemon() {
    local name=$1

    shift
    # shellcheck disable=SC2016
    { no_locks && as_weir setsid sh -c 'name=$1; shift
        echo $$ >"run/$name.pid"
        exec "$@" >>"log/$name.log" 2>&1 </dev/null' sh "$name" "$@"; } &
    disown
}

start_worker() {
    if pid_of worker >/dev/null; then
        return 0
    fi
    if [ ! -e "$home/$(mark started)" ]; then
        # The password counts at the first start only.
        WEIR_ADMIN_PASSWORD=$(cat "$home/admin-password")
        export WEIR_ADMIN_PASSWORD
    else
        unset WEIR_ADMIN_PASSWORD
    fi
    start_daemon worker "$home/app/sbin/weir-worker" --home "$home"
    wait_until 20 "the worker's socket" test -S "$home/run/slot-0.sock"
}

start_scheduler() {
    if pid_of scheduler >/dev/null; then
        return 0
    fi
    start_daemon scheduler "$home/app/sbin/weir-scheduler" --home "$home"
    wait_until 10 "the scheduler" pid_of scheduler
}

# wait_until SECONDS WHAT CONDITION...
wait_until() {
    local end=$(($(now_ms) + $1 * 1000)) what=$2

    shift 2
    until "$@" >/dev/null 2>&1; do
        if [ "$(now_ms)" -gt "$end" ]; then
            printf '%s did not come up; the last lines of its log:\n' "$what"
            tail -qn 10 "$home"/log/{worker,scheduler,nginx-error}.log \
                "$home"/log/{postgres,redis,rabbitmq}.log 2>/dev/null || true
            return 1
        fi
        sleep 0.05
    done
}

render_nginx() {
    local n

    n=$(slots)
    # shellcheck disable=SC2016
    as_weir "$home/app/nginx-conf/render.sh" "$home/run/nginx" \
        HOME="$home" MODULE="$home/app/modules/ngx_http_weir_module.so" \
        CONSOLE="$home/app/console" LISTEN="$(listen_host)" \
        PORT="$(setting port)" SLOTS="$n" THREADS="$(setting threads)" \
        BODY_MAX="$(setting body_max)" \
        NGINX_WORKERS="$((n < $(nproc) ? n : $(nproc)))" \
        CONNECTIONS="$(setting edge_connections)" \
        PARK_MAX="$(setting park_max)" \
        PARK_TENANT_MAX="$(setting park_tenant_max)" \
        PARK_RECHECK="$(setting park_recheck)"
}

listen_host() {
    local host

    host=$(setting listen)
    case $host in
    *:*) printf '[%s]' "$host" ;;
    *) printf '%s' "$host" ;;
    esac
}

nginx_program() {
    PATH=$PATH:/usr/sbin command -v nginx
}

run_nginx() {
    as_weir "$(nginx_program)" -p "$home/" -c "$home/run/nginx/nginx.conf" \
        -e "$home/log/nginx-error.log" "$@"
}

start_nginx() {
    render_nginx
    run_nginx -q -t
    if pid_of nginx >/dev/null; then
        run_nginx -s reload
    else
        run_nginx
    fi
    wait_until 10 nginx curl -fsS -o /dev/null "$(stack_url)/health/live"
    stack_url | as_weir sh -c 'cat >run/url'
}

is_ready() {
    curl -fsS -o /dev/null "$(stack_url)/health/ready"
}

# The address a person on this machine opens.
stack_url() {
    local host

    host=$(listen_host)
    case $host in
    0.0.0.0 | '[::]') host=127.0.0.1 ;;
    esac
    printf 'http://%s:%s' "$host" "$(setting port)"
}

# The address of the running stack, whatever the environment says now.
running_url() {
    if [ -f "$home/run/url" ]; then
        cat "$home/run/url"
    else
        stack_url
    fi
}

signal_program() {
    local pid

    if pid=$(pid_of "$1"); then
        kill "-$2" "$pid"
    fi
}

no_processes() {
    [ -z "$(our_pids)" ]
}

# Servers last: what the programs have begun is finished on them.
stop_stack() {
    stop_programs
    stop_servers
    if [ -d "$home/run" ]; then
        as_weir sh -c 'rm -f run/*.pid run/*.sock'
    fi
}

stop_programs() {
    local pid

    signal_program nginx QUIT
    signal_program scheduler TERM
    signal_program worker TERM
    if ! wait_until 30 "the end of all programs" no_processes >/dev/null; then
        printf '  killing what did not end\n'
        for pid in $(our_pids); do
            kill -KILL "$pid" 2>/dev/null || true
        done
        wait_until 5 "the end of all programs" no_processes
    fi
    if [ -d "$home/run" ]; then
        as_weir sh -c 'rm -f run/nginx.pid run/worker.pid run/scheduler.pid \
            run/slot-*.sock run/hub-*.sock run/url'
    fi
}

cmd_down() {
    local start

    home_find
    if [ ! -e "$home/.weir-home" ]; then
        printf 'nothing runs in %s\n' "$home"
        return 0
    fi
    home_lock
    start=$(now_ms)
    stop_stack
    printf 'stopped; the data stay in %s (%s s)\n' "$home" \
        "$(seconds_since "$start")"
}

cmd_status() {
    local name pid bad=0

    home_find
    printf 'home       %s\n' "$home"
    for name in $programs $(own_servers); do
        if pid=$(pid_of "$name"); then
            printf '%-10s runs, pid %s, since %s\n' "$name" "$pid" \
                "$(ps -o lstart= -p "$pid")"
        else
            printf '%-10s stopped\n' "$name"
            bad=1
        fi
    done
    if [ $bad -eq 0 ] && curl -fsS -o /dev/null "$(running_url)/health/ready"
    then
        printf 'ready      %s\n' "$(running_url)"
    else
        printf 'not ready\n'
        bad=1
    fi
    return $bad
}

# logs [PROGRAM]: of every program that has one, or of one.
cmd_logs() {
    local file name

    home_find
    if [ $# -gt 0 ]; then
        file=$home/log/$1.log
        [ -f "$file" ] || die "no log '$1'; there are:" \
            "$(cd "$home/log" 2>/dev/null && printf '%s ' *.log | sed 's/\.log//g')"
        tail -n "${LINES:-200}" "$file"
        return
    fi
    for name in $programs $servers; do
        file=$home/log/$name.log
        [ "$name" != nginx ] || file=$home/log/nginx-error.log
        if [ -s "$file" ]; then
            printf -- '--- %s\n' "$file"
            tail -n 20 "$file"
        fi
    done
}
