#!/usr/bin/env bash
# render.sh OUT NAME=VALUE...: the nginx configuration of one home, into OUT.
#
#   HOME      the Weir home (sockets, logs, key)
#   MODULE    ngx_http_weir_module.so
#   CONSOLE   the built console
#   LISTEN PORT SLOTS THREADS BODY_MAX (bytes) NGINX_WORKERS
# and, with the settings' defaults when left out,
#   CONNECTIONS PARK_MAX PARK_TENANT_MAX PARK_RECHECK (with its unit)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$1
shift
declare -A value=(
    [CONNECTIONS]=10000 [PARK_MAX]=8000 [PARK_TENANT_MAX]=0
    [PARK_RECHECK]=1s
)
for pair in "$@"; do
    value[${pair%%=*}]=${pair#*=}
    case ${pair#*=} in
    *[\"\$\\]* | *$'\n'*)
        printf 'render.sh: %s holds a character nginx cannot quote\n' \
            "${pair%%=*}" >&2
        exit 1
        ;;
    esac
done

slots=${value[SLOTS]}
if [ "$slots" -eq 1 ]; then
    value[ANY]=weir_slot_0
    blocks=1
else
    value[ANY]=weir_any
    blocks=$((slots + 1))
fi

# A kept connection binds a worker thread, and each socket is in every block:
# all of them together leave a quarter of the threads free.
keepalive=$((value[THREADS] * 3 / 4 / (value[NGINX_WORKERS] * blocks)))

# Requests that waited and are asked again take a quarter of the threads at most.
asks=$((slots * value[THREADS] / 4 / value[NGINX_WORKERS]))
value[FILES]=$((value[CONNECTIONS] + 512))
value[PARK_ASKS]=$((asks > 0 ? asks : 1))

# A slot is never given up: a 503 of all slots, whose store is away, would come
# out as a 502 of nginx, and one that is down refuses at once.
server_line() {
    printf '    server "unix:%s/run/slot-%d.sock" max_fails=0%s;\n' \
        "${value[HOME]}" "$1" "$2"
}

# A worker that drains leaves its connections to nginx: none lives for long.
keepalive_lines() {
    if [ "$keepalive" -gt 0 ]; then
        printf '    keepalive %d;\n' "$keepalive"
        printf '    keepalive_timeout 1s;\n    keepalive_time 1s;\n'
    fi
}

# Each slot's requests go to its own socket; the others step in while it is
# down (the revision in the store keeps that correct).
upstreams() {
    local n m

    printf '# What moved, for requests that wait.\n'
    for ((n = 0; n < slots; n++)); do
        printf 'weir_hub "%s/run/hub-%d.sock";\n' "${value[HOME]}" "$n"
    done
    printf '# By address, for logging in.\n'
    printf 'limit_req_zone $binary_remote_addr zone=weir_login:1m rate=10r/s;\n'
    for ((n = 0; n < slots; n++)); do
        printf 'upstream weir_slot_%d {\n' "$n"
        server_line "$n" ''
        for ((m = 1; m < slots; m++)); do
            server_line $(((n + m) % slots)) ' backup'
        done
        keepalive_lines
        printf '}\n'
    done
    if [ "$slots" -gt 1 ]; then
        printf 'upstream weir_any {\n'
        for ((n = 0; n < slots; n++)); do
            server_line "$n" ''
        done
        keepalive_lines
        printf '}\n'
    fi
}

fill() {
    local text name

    text=$(cat "$1")
    for name in "${!value[@]}"; do
        text=${text//"@$name@"/"${value[$name]}"}
    done
    if [[ $text =~ @[A-Z_]+@ ]]; then
        printf 'render.sh: no value for %s\n' "${BASH_REMATCH[0]}" >&2
        exit 1
    fi
    printf '%s\n' "$text"
}

mkdir -p "$out"
fill "$here/nginx.conf.in" >"$out/nginx.conf"
fill "$here/weir-server.conf.in" >"$out/weir-server.conf"
cp "$here"/weir-{fastcgi,headers,request,wait}.conf "$out/"
upstreams >"$out/upstreams.conf"
if [ "$keepalive" -eq 0 ]; then
    sed -i 's/^fastcgi_keep_conn on;/fastcgi_keep_conn off;/' \
        "$out/weir-server.conf"
fi
