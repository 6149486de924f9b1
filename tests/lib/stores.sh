# shellcheck shell=bash
# stores.sh: run a runner of cases on every store.  Sourced, never run:
#
#     . "$WEIR_TOP/tests/lib/stores.sh"
#     on_stores run_it            # run_it URL [--reload]: prints case lines
#     exit "$failed"
#
# Each case becomes `ok STORE: ID`; the runner's summary lines are left out.

# shellcheck disable=SC2034 # read by who sources this
failed=0

# shellcheck source=tests/lib/pg.sh
. "$WEIR_TOP/tests/lib/pg.sh"

# on_store NAME COMMAND...: a runner that ends badly without a failed case is
# one itself.
on_store() {
    local name=$1 lines=$WEIR_TMP/lines.$1 status

    shift
    "$@" >"$lines"
    status=$?
    sed -nE "s/^(ok|not ok|skip) /&$name: /p" "$lines"
    if [ $status -ne 0 ]; then
        failed=1
        grep -q '^not ok ' "$lines" ||
            printf 'not ok %s: ended with status %s\n' "$name" $status
    fi
}

on_stores() {
    on_store memory "$@" memory:
    on_store reload "$@" "sqlite:$WEIR_TMP/reload.db" --reload
    on_store sqlite "$@" "sqlite:$WEIR_TMP/weir.db"
    # shellcheck disable=SC2119
    if ! pg_start; then
        printf 'skip pgsql: %s\n' "$pg_why"
        return
    fi
    trap pg_stop EXIT
    on_store pgsql "$@" "$pg_url"
}

# As on_stores, with a commit behind each node, with iterations and values in
# rows of their own, and with tokens in any order: what a case says must not
# depend on any of it.
on_stores_and_orders() {
    local seed

    on_stores "$@"
    on_store nodewise "$@" "sqlite:$WEIR_TMP/nodewise.db" --reload --budget 1
    on_store spilled "$@" "sqlite:$WEIR_TMP/spilled.db" --reload --spill
    on_store spilled-nodewise "$@" memory: --reload --spill --budget 1
    for seed in 1 2 3 4 5; do
        on_store "shuffled-$seed" "$@" memory: --reload --shuffle "$seed"
    done
}

# shared FOLDER: is it there?  Otherwise its suite is skipped, or fails in CI.
shared() {
    [ ! -d "${WEIR_SHARED:-/nonexistent}/$1" ] || return 0
    if [ "${CI:-}" = true ]; then
        printf 'not ok %s: shared absent\n' "$1"
        failed=1
    else
        printf 'skip %s: shared absent\n' "$1"
    fi
    return 1
}
