# shellcheck shell=bash
# pg.sh: a PostgreSQL of one's own for a test.  Sourced, never run:
#
#     . "$WEIR_TOP/tests/lib/pg.sh"
#     if ! pg_start; then echo "skip store pgsql: $pg_why"; exit 0; fi
#     trap pg_stop EXIT
#     ... "$pg_url" ...
#
# The cluster lives in $WEIR_TMP (in /tmp where the server's user could not reach
# that), listens on a unix socket only and keeps fsync on.  As root it runs as
# the user postgres, else as oneself.

# shellcheck disable=SC2034 # read by who sources this
pg_url='' pg_why='' pg_dir='' pg_bin=''

# The newest server installed.
pg_find() {
    pg_bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    if [ ! -x "$pg_bin/postgres" ]; then
        pg_why='no PostgreSQL server is installed'
        return 1
    fi
    if [ "$(id -u)" = 0 ] && ! id postgres >/dev/null 2>&1; then
        pg_why='there is no user postgres to run the server as'
        return 1
    fi
}

pg_as() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        (cd / && "$@")
    fi
}

# A socket's path must be short and the server's user must get there.
pg_place() {
    pg_dir=$WEIR_TMP/pg
    mkdir -p "$pg_dir"
    if [ "$(id -u)" = 0 ]; then
        chmod 711 "$WEIR_TMP"
        chown postgres "$pg_dir"
    fi
    if [ ${#pg_dir} -lt 80 ] && pg_as test -w "$pg_dir"; then
        return
    fi
    rmdir "$pg_dir"
    pg_dir=$(mktemp -d /tmp/weir-pg-XXXXXX)
    [ "$(id -u)" != 0 ] || chown postgres "$pg_dir"
}

# pg_start [SETTING...]: SETTING is name=value for this server.
pg_start() {
    local setting options=()

    pg_find || return 1
    pg_place
    for setting in "listen_addresses=" "unix_socket_directories=$pg_dir" \
        fsync=on max_connections=60 shared_buffers=64MB "$@"; do
        options+=("-c '$setting'")
    done
    if ! pg_as "$pg_bin/initdb" -D "$pg_dir/data" -U weir -A trust \
        -E UTF8 --locale=C.UTF-8 --no-sync >"$WEIR_TMP/pg.log" 2>&1 ||
        ! pg_as "$pg_bin/pg_ctl" -D "$pg_dir/data" -l "$pg_dir/server.log" \
            -w -t 60 -o "${options[*]}" start >>"$WEIR_TMP/pg.log" 2>&1; then
        pg_why="the server did not start, see $WEIR_TMP/pg.log"
        cat "$WEIR_TMP/pg.log" "$pg_dir/server.log" >&2 2>/dev/null
        return 1
    fi
    pg_url="postgresql://weir@/postgres?host=$pg_dir"
}

# pg_sql STATEMENT: what it answers, without decoration.
pg_sql() {
    "$pg_bin/psql" -XAtq -v ON_ERROR_STOP=1 "$pg_url" -c "$1"
}

pg_stop() {
    [ -n "$pg_dir" ] || return 0
    pg_as "$pg_bin/pg_ctl" -D "$pg_dir/data" -m fast -w stop \
        >/dev/null 2>&1 || true
    case $pg_dir in
    /tmp/weir-pg-*) rm -rf "$pg_dir" ;;
    esac
    pg_dir=''
}
