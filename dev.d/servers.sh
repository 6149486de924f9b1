# shellcheck shell=bash
# servers.sh: PostgreSQL, Redis and RabbitMQ of the full profile.
#
#   $home/servers.conf     where they are; settings, the file is there in the
#                          full profile only
#   $home/postgres         the store
#   $home/redis            its configuration; it keeps nothing
#   $home/rabbitmq         queues, cookie, ports
#   $home/secret/rabbitmq  the password of RabbitMQ's user weir
#
# They belong to this home alone: user weir, sockets in $home/run, RabbitMQ (which
# has none) at free ports of 127.0.0.1 with an epmd and a cookie of its own, so
# that any number of homes go side by side.  A server that weir.conf or the
# environment names is used instead and none is started for it.

# shellcheck disable=SC2034 # the logs of stack.sh
servers='postgres redis epmd rabbitmq'
ready_wait=120 # seconds

is_full() {
    [ -e "$home/servers.conf" ]
}

# Which of them are ours to run?
own_servers() {
    [ -f "$home/servers.conf" ] || return 0
    sed -n 's/^database_url .*/postgres/p
        s/^redis_url .*/redis/p
        s/^amqp_url .*/epmd rabbitmq/p' "$home/servers.conf" | tr '\n' ' '
}

runs_own() {
    case " $(own_servers)" in *" $1 "*) return 0 ;; esac
    return 1
}

# mark NAME: a note in the home about the data that are in use now.
mark() {
    if runs_own postgres; then
        printf '.%s-full' "$1"
    else
        printf '.%s' "$1"
    fi
}

# Is it given by anything but our own servers.conf?
given() {
    case $(awk -v name="$1" '$1 == name { print $NF }' <<<"$settings_shown") in
    default | servers.conf:*) return 1 ;;
    esac
}

# url_text TEXT: percent-encoded, but for slashes.
url_text() {
    local LC_ALL=C i c out=''

    for ((i = 0; i < ${#1}; i++)); do
        c=${1:i:1}
        case $c in
        [A-Za-z0-9/._~-]) out+=$c ;;
        *) out+=$(printf '%%%02X' "'$c") ;;
        esac
    done
    printf '%s' "$out"
}

# ---- where they are ----

servers_conf() {
    local run

    run=$(url_text "$home/run")
    printf '# Written by ./dev up --full: the private servers of this home.\n'
    given database_url ||
        printf 'database_url = postgresql://weir@/weir?host=%s\n' "$run"
    given redis_url || printf 'redis_url = unix://%s/redis.sock\n' "$run"
    given amqp_url || printf 'amqp_url = amqp://weir:%s@127.0.0.1:%s/\n' \
        "$(cat "$home/secret/rabbitmq")" "$(server_port amqp)"
}

server_port() {
    sed -n "s/^$1 //p" "$home/rabbitmq/ports"
}

# free_port: one nobody listens at, below those that are given to clients.
free_port() {
    local port

    while :; do
        port=$((RANDOM % 12000 + 20000))
        cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
            awk '{ print $2 }' | grep -q ":$(printf '%04X' $port)\$" || break
    done
    printf '%s' "$port"
}

any_port_taken() {
    local name port

    while read -r name port; do
        if awk '$4 == "0A" { print $2 }' /proc/net/tcp |
            grep -q ":$(printf '%04X' "$port")\$"; then
            return 0
        fi
    done <"$home/rabbitmq/ports"
    return 1
}

# The ports stay as long as nobody else takes them.
choose_ports() {
    as_weir mkdir -p -m 700 rabbitmq
    if pid_of rabbitmq >/dev/null || pid_of epmd >/dev/null; then
        return 0
    fi
    if [ -s "$home/rabbitmq/ports" ] && ! any_port_taken; then
        return 0
    fi
    printf 'amqp %s\nnode %s\nepmd %s\n' "$(free_port)" "$(free_port)" \
        "$(free_port)" | as_weir sh -c 'cat >rabbitmq/ports'
}

name_servers() {
    make_secret secret/rabbitmq openssl rand -hex 16
    choose_ports
    servers_conf | as_weir sh -c 'umask 077
        cat >servers.conf.new && mv servers.conf.new servers.conf'
}

# Back to the one-machine profile: its data are where they were.
forget_servers() {
    stop_servers
    as_weir rm -f servers.conf
}

# ---- PostgreSQL ----

# The programs that fit the data, else the newest.
pg_program() {
    local version='' bin

    if [ -f "$home/postgres/PG_VERSION" ]; then
        version=$(cat "$home/postgres/PG_VERSION")
    fi
    bin=$(printf '%s\n' /usr/lib/postgresql/*/bin |
        grep -E "/${version:-[0-9.]+}/bin\$" |
        sort -V | tail -n 1)
    if [ ! -x "$bin/postgres" ]; then
        printf 'the data are those of PostgreSQL %s: install postgresql-%s\n' \
            "$version" "$version"
        return 1
    fi
    printf '%s/%s' "$bin" "$1"
}

make_cluster() {
    local initdb

    [ ! -e "$home/postgres" ] || return 0
    initdb=$(pg_program initdb)
    as_weir rm -rf postgres.new
    # The socket lies in a folder of user weir alone.
    as_weir "$initdb" -D postgres.new -U weir -A trust -E UTF8 \
        --locale=C.UTF-8
    as_weir mv postgres.new postgres
}

pg_sql() {
    as_weir "$(pg_program psql)" -XAtq -v ON_ERROR_STOP=1 -h "$home/run" \
        -U weir -d "$1" -c "$2"
}

no_postgres() {
    local pid

    for pid in $(our_servers /proc/[0-9]*); do
        [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != postgres ] || return 1
    done
}

start_postgres() {
    local program

    make_cluster
    if ! pid_of postgres >/dev/null; then
        program=$(pg_program postgres)
        # The pid of one that was killed may be in use again.
        wait_until 30 "the end of an old PostgreSQL" no_postgres
        as_weir rm -f postgres/postmaster.pid run/.s.PGSQL.5432.lock
        # Relative to the data: a socket's path is short.
        start_daemon postgres "$program" -D "$home/postgres" \
            -c listen_addresses= -c unix_socket_directories=../run \
            -c unix_socket_permissions=0700 -c port=5432
    fi
    wait_until $ready_wait PostgreSQL pg_sql postgres 'SELECT 1'
    if [ -z "$(pg_sql postgres \
        "SELECT 1 FROM pg_database WHERE datname = 'weir'")" ]; then
        pg_sql postgres 'CREATE DATABASE weir'
    fi
}

# ---- Redis ----

start_redis() {
    if pid_of redis >/dev/null; then
        return 0
    fi
    as_weir mkdir -p -m 700 redis
    # Locks and caches: nothing that has to outlive it, nothing to evict.
    as_weir sh -c 'cat >redis/redis.conf' <<'TEXT'
port 0
unixsocket ../run/redis.sock
unixsocketperm 700
save ""
appendonly no
maxmemory-policy noeviction
TEXT
    start_daemon redis env -C "$home/redis" redis-server redis.conf
    wait_until $ready_wait Redis redis_answers
}

redis_answers() {
    as_weir redis-cli -s run/redis.sock ping | grep -qx PONG
}

# ---- RabbitMQ ----

rabbit_conf() {
    cat <<TEXT
listeners.tcp.1 = 127.0.0.1:$(server_port amqp)
default_user = weir
default_pass = $(cat "$home/secret/rabbitmq")
loopback_users = none
TEXT
}

start_epmd() {
    if pid_of epmd >/dev/null; then
        return 0
    fi
    start_daemon epmd env -C "$home/rabbitmq" \
        epmd -address 127.0.0.1 -port "$(server_port epmd)"
    wait_until $ready_wait epmd listens "$(server_port epmd)"
}

listens() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1")
}

# It takes long: the others start meanwhile.
launch_rabbitmq() {
    local dir=$home/rabbitmq

    start_epmd
    if pid_of rabbitmq >/dev/null; then
        return 0
    fi
    rabbit_conf | as_weir sh -c 'umask 077
        cat >rabbitmq/rabbitmq.conf && echo "[]." >rabbitmq/plugins'
    # RUNNING_UNDER_SYSTEMD: the script becomes the server, whose pid we keep.
    start_daemon rabbitmq env -C "$dir" HOME="$dir" \
        RABBITMQ_NODENAME=weir@localhost \
        RABBITMQ_CONF_ENV_FILE=/dev/null \
        RABBITMQ_CONFIG_FILE="$dir/rabbitmq.conf" \
        RABBITMQ_ADVANCED_CONFIG_FILE="$dir/advanced.config" \
        RABBITMQ_GENERATED_CONFIG_DIR="$dir/generated" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$dir/plugins" \
        RABBITMQ_FEATURE_FLAGS_FILE="$dir/feature_flags" \
        RABBITMQ_MNESIA_BASE="$dir/data" \
        RABBITMQ_LOG_BASE="$dir/log" RABBITMQ_LOGS=- \
        RABBITMQ_PID_FILE="$dir/pid" \
        RABBITMQ_DIST_PORT="$(server_port node)" \
        ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$(server_port epmd)" \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
        RUNNING_UNDER_SYSTEMD=1 \
        /usr/lib/rabbitmq/bin/rabbitmq-server
}

start_rabbitmq() {
    wait_until $ready_wait RabbitMQ listens "$(server_port amqp)"
}

# ---- all of them ----

server_title() {
    case $1 in
    postgres) printf 'PostgreSQL' ;;
    redis) printf 'Redis' ;;
    rabbitmq) printf 'RabbitMQ' ;;
    esac
}

# One that a setting names now in place of ours is not needed any more.
stop_unneeded() {
    local name

    runs_own postgres || signal_program postgres INT
    for name in redis rabbitmq epmd; do
        runs_own "$name" || signal_program "$name" TERM
    done
}

start_servers() {
    local name

    stop_unneeded
    if runs_own rabbitmq; then
        step "launch RabbitMQ" "read $home/log/rabbitmq.log" launch_rabbitmq
    fi
    for name in postgres redis rabbitmq; do
        if runs_own "$name"; then
            step "start $(server_title "$name")" \
                "read $home/log/$name.log" "start_$name"
        fi
    done
}

# Our servers stand in their own folders.
our_servers() {
    local uid glob pid found=()

    uid=$(weir_uid)
    [ "$uid" != none ] || return 0
    # shellcheck disable=SC1003
    glob=$(printf '%s' "$home" | sed 's/[][*?\\]/\\&/g')
    mapfile -t found < <(grep -lxE \
        'postgres|redis-server|epmd|beam.smp|erl_child_setup|inet_gethost' \
        "${@/%//comm}" 2>/dev/null)
    for pid in "${found[@]}"; do
        pid=${pid%/comm}
        find "$pid/cwd" -maxdepth 0 -user "$uid" \( \
            -lname "$glob/postgres" -o -lname "$glob/redis" \
            -o -lname "$glob/rabbitmq" \) 2>/dev/null | cut -d/ -f3
    done
}

no_servers() {
    [ -z "$(our_servers /proc/[0-9]*)" ]
}

# Not epmd, which the node tells that it ends.
only_epmd() {
    ! pid_of postgres && ! pid_of redis && ! pid_of rabbitmq
}

stop_servers() {
    local pid

    signal_program postgres INT
    signal_program redis TERM
    signal_program rabbitmq TERM
    wait_until 60 "the end of the servers" only_epmd >/dev/null || true
    signal_program epmd TERM
    if ! wait_until 10 "the end of the servers" no_servers >/dev/null; then
        printf '  killing servers that did not end\n'
        for pid in $(our_servers /proc/[0-9]*); do
            kill -KILL "$pid" 2>/dev/null || true
        done
        wait_until 5 "the end of the servers" no_servers
    fi
}
