# shellcheck shell=bash
# demo.sh: the built command line, and the examples it deploys and starts.

# weir_cli ARGS: the built CLI against this home's stack.  Its login is kept per
# home, beside the build, not in the person's own configuration.
weir_cli() {
    local sum

    sum=$(printf '%s' "$home" | sha256sum | cut -c1-12)
    WEIR_URL=$(running_url) XDG_CONFIG_HOME=$build/cli/$sum \
        "$build/weir" "$@"
}

cmd_weir() {
    home_find
    [ -x "$build/weir" ] || die "the command line is not built; run ./dev build"
    weir_cli "$@"
}

weir_login() {
    (umask 077 && mkdir -p "$build/cli")
    weir_cli login --user admin --password-file "$home/admin-password"
}

# Those that are started below, with their forms; the others are deployed by
# hand.  Each folder for itself: who deploys one of them again has that version.
deploy_examples() {
    local names name file files

    mapfile -t names < <(sed -n 's,^\([a-z-]*\) .*,\1,p' \
        "$real_top/dev.d/examples.txt" | sort -u)
    for name in "${names[@]}"; do
        files=()
        for file in "$top/examples/$name"/*.bpmn "$top/examples/$name"/*.form \
            "$top/examples/$name"/*.dmn; do
            [ ! -e "$file" ] || files+=("$file")
        done
        weir_cli deploy "${files[@]}"
    done
}

# start_line DEFINITION BUSINESS-KEY VARIABLE=JSON...: starts one, prints its id.
start_line() {
    local definition=$1 key=$2 vars=() pair

    shift 2
    for pair in "$@"; do
        vars+=(--var "$pair")
    done
    weir_cli start "$definition" --business-key "$key" "${vars[@]}" --json |
        first_id
}

first_id() {
    local text

    IFS= read -r -d '' text || true
    [[ $text =~ \"id\":\"([^\"]*)\" ]] && printf '%s' "${BASH_REMATCH[1]}"
}

# complete_task INSTANCE VARIABLE=JSON...: the first task of an instance.
complete_task() {
    local task vars=() pair

    task=$(weir_cli tasks --instance "$1" --json | first_id)
    shift
    for pair in "$@"; do
        vars+=(--var "$pair")
    done
    weir_cli complete "$task" "${vars[@]}" >/dev/null
}

# One row of examples.txt at a time; a value with a space stays one word.
start_examples() {
    local line words id=''

    while read -r line; do
        case $line in '' | '#'*) continue ;; esac
        mapfile -t words < <(grep -oE '[^ "]+("[^"]*")?' <<<"$line")
        id=$(start_line "${words[@]}")
        case ${words[1]} in
        order-1003) complete_task "$id" ;;
        esac
    done <"$real_top/dev.d/examples.txt"
    as_weir touch "$(mark examples)"
}

# Deployed at every start, which keeps an unchanged version; started once.
examples_once() {
    step "log in" "was the admin password changed? delete $home/$(mark started)" \
        weir_login
    step "deploy the examples" "./dev weir lint examples/*/*.bpmn" \
        deploy_examples
    if [ ! -e "$home/$(mark examples)" ]; then
        step "start the examples" "./dev weir incidents" start_examples
    fi
}

demo_size=500

demo_one() {
    local n=$1 id amount

    amount=$((n * 37 % 2000))
    case $((n % 5)) in
    0 | 1 | 2)
        id=$(start_line order "demo-order-$n" "total=$amount")
        if ((n % 7)); then
            complete_task "$id"
            if ((amount > 1000 && n % 2)); then
                complete_task "$id"
            fi
        fi
        ;;
    3)
        id=$(start_line leave-request "demo-leave-$n" "days=$((n % 20))")
        if ((n % 3)); then
            complete_task "$id" granted=false
        fi
        ;;
    4)
        if ((n % 25 == 4)); then
            amount="\"about $amount\""
        fi
        id=$(start_line invoice "demo-invoice-$n" "amount=$amount")
        if ((n % 25 != 4 && n % 2)); then
            complete_task "$id"
        fi
        ;;
    esac
}

# The note "demo" counts what is done: a demo that was broken off goes on, one that
# is complete adds nothing.
demo_all() {
    local n=0

    n=$(demo_done)
    # shellcheck disable=SC2016
    for (( ; n < demo_size; n++)); do
        demo_one "$n"
        printf '%s\n' "$((n + 1))" >&3
    done 3> >(as_weir sh -c 'while read -r n; do echo "$n" >"$1"; done' \
        sh "$(mark demo)")
    wait $!
}

demo_done() {
    local n=0 file

    file=$home/$(mark demo)
    if [ -f "$file" ]; then
        read -r n <"$file" || true
    fi
    [[ $n =~ ^[0-9]{1,3}$ ]] || die "'$file' does not hold a number"
    printf '%s' "$n"
}

cmd_demo() {
    home_find
    [ ! -d "$home" ] || home_lock
    pid_of nginx >/dev/null || die "the stack does not run; run ./dev up"
    step "log in" "run ./dev up once more" weir_login
    step "deploy the examples" "./dev weir lint examples/*/*.bpmn" \
        deploy_examples
    if [ "$(demo_done)" -lt "$demo_size" ]; then
        step "start and work on $demo_size instances" "./dev weir incidents" \
            demo_all
    else
        printf '  the %s instances are there already\n' "$demo_size"
    fi
    printf 'see them at %s\n' "$(running_url)"
}
