# shellcheck shell=bash
# test.sh: runs tests/suites/* and adds their lines up.
#
# A suite says in its header which profile it belongs to and how long it takes:
#     # suite: store profile: ci seconds: 40
# and prints `ok ID`, `not ok ID: reason` or `skip ID: reason` lines.  All lines
# go to var/test/last-run.txt as "SUITE<TAB>LINE"; a run of single suites
# replaces only theirs.  Several run at a time, each with servers and folders of
# its own; one with `alone: yes` at the end of its header measures time or uses
# every core itself, and has the machine alone.  WEIR_TEST_STREAMS=1 runs one
# after the other.

suite_field() {
    sed -n "2,5s/.*[# ]$2: *\([^ ]*\).*/\1/p" "$1" | head -n 1
}

# suites_of WHAT: the files of a profile (quick < ci < long) or of one suite.
suites_of() {
    local what=$1 file name profile

    for file in "$top"/tests/suites/[0-9]*; do
        name=${file##*/}
        profile=$(suite_field "$file" profile)
        case $what/$profile in
        quick/quick | ci/quick | ci/ci | long/quick | long/ci | long/long)
            printf '%s\n' "$file"
            ;;
        "$name"/* | "${name#*-}"/*)
            printf '%s\n' "$file"
            ;;
        esac
    done
}

# run_suite FILE NAME OUT: its lines to the screen and to OUT.
run_suite() {
    local file=$1 only=$2 out=$3 name=${1##*/} seconds start status=0 tmp

    seconds=$(suite_field "$file" seconds)
    tmp=$(mktemp -d "${TMPDIR:-/tmp}/weir-test-XXXXXX")
    start=$(now_ms)
    printf -- '--- %s\n' "$name"
    : >"$out"
    set +e
    WEIR_TOP=$top WEIR_BUILD=$build WEIR_TMP=$tmp WEIR_ONLY=$only \
        WEIR_SHARED=${WEIR_SHARED:-$(dirname "$real_top")/shared} \
        timeout --kill-after=20 $((${seconds:-30} * 6 + 120)) \
        "$file" 2>"$tmp.err" </dev/null |
        tee "$tmp.out" | grep -E '^(ok|not ok|skip) ' |
        grep -F -- "$only" | tee "$out"
    status=${PIPESTATUS[0]}
    set -e
    if [ "$status" -ne 0 ] && ! grep -q '^not ok ' "$out"; then
        [ "$status" -ne 124 ] || printf 'timed out\n' >>"$tmp.err"
        printf 'not ok %s: ended with status %s\n' "$name" "$status" |
            tee -a "$out"
    fi
    if grep -q '^not ok ' "$out"; then
        keep_failure "$name" "$tmp"
    fi
    rm -rf "$tmp" "$tmp.err" "$tmp.out"
    printf -- '--- %s %s s\n' "$name" "$(seconds_since "$start")"
}

# What a failed suite printed and left stays for the reader.
keep_failure() {
    local name=$1 tmp=$2 kept=$top/var/test/failed/$1

    rm -rf "$kept"
    mkdir -p "$kept"
    cp -r "$tmp/." "$kept/" 2>/dev/null || true
    cp "$tmp.err" "$kept/stderr.txt"
    cp "$tmp.out" "$kept/stdout.txt"
    printf -- '--- %s failed; last lines of its stderr:\n' "$name"
    tail -n 20 "$tmp.err" | sed 's/^/    | /'
    printf -- '--- more in var/test/failed/%s\n' "$name"
}

# merge_run DIR: the suites of this run replace theirs in last-run.txt.
merge_run() {
    local dir=$1 last=$top/var/test/last-run.txt file name

    touch "$last"
    for file in "$dir"/*.lines; do
        name=${file##*/}
        name=${name%.lines}
        awk -F '\t' -v s="$name" '$1 != s' "$last" >"$last.new"
        sed "s/^/$name\t/" "$file" >>"$last.new"
        mv "$last.new" "$last"
    done
}

# The last line of the run, alone: N passed, N failed[, N skipped]
summary() {
    awk '/^ok /{p++} /^not ok /{f++} /^skip /{s++}
        END {
            printf "%d passed, %d failed", p, f
            if (s) printf ", %d skipped", s
            printf "\n"
            exit f > 0 || p + s == 0
        }' "$@"
}

# run_behind FILE NAME OUT: beside other suites; its lines appear when it ends,
# in one piece.
run_behind() {
    local screen=$3.screen

    run_suite "$1" "$2" "$3" >"$screen" 2>&1
    flock "${3%/*}" cat "$screen"
}

# run_suites NAME DIR FILE...: those that want the machine alone go first.
run_suites() {
    local only=$1 dir=$2 file streams=${WEIR_TEST_STREAMS:-} beside=()

    shift 2
    [ -n "$streams" ] || streams=$(($(nproc) < 4 ? $(nproc) : 4))
    for file in "$@"; do
        if [ "$streams" -gt 1 ] && [ $# -gt 1 ] &&
            [ "$(suite_field "$file" alone)" != yes ]; then
            beside+=("$file")
        else
            run_suite "$file" "$only" "$dir/${file##*/}.lines"
        fi
    done
    trap 'end_streams; exit 130' INT TERM
    for file in "${beside[@]}"; do
        while [ "$(jobs -rp | wc -l)" -ge "$streams" ]; do
            wait -n || true
        done
        run_behind "$file" "$only" "$dir/${file##*/}.lines" &
    done
    wait
    trap - INT TERM
}

# `timeout` hands the signal on to its suite.
end_streams() {
    local pid

    for pid in $(jobs -rp); do
        pkill -TERM -P "$pid" timeout || true
    done
}

cmd_test() {
    local what=ci only='' coverage='' arg suites=() lines file

    for arg in "$@"; do
        case $arg in
        --coverage) coverage=1 ;;
        -*) die "test has no option '$arg'" ;;
        */*) what=${arg%%/*} only=${arg#*/} ;;
        *) what=$arg ;;
        esac
    done
    if [ -n "$coverage" ]; then
        coverage_begin
    fi
    mapfile -t suites < <(suites_of "$what")
    if [ ${#suites[@]} -eq 0 ]; then
        die "no suite or profile '$what'; suites:" \
            "$(cd "$top/tests/suites" && echo *)"
    fi
    mkdir -p "$build" "$top/var/test"
    cmd_build
    lines=$(mktemp -d "${TMPDIR:-/tmp}/weir-lines-XXXXXX")
    run_suites "$only" "$lines" "${suites[@]}"
    if [ -z "$only" ]; then
        case $what in
        quick | ci | long) rm -f "$top/var/test/last-run.txt" ;;
        esac
        merge_run "$lines"
    fi
    if [ -n "$coverage" ]; then
        coverage_report
    fi
    arg=0
    summary "$lines"/*.lines || arg=1
    rm -rf "$lines"
    exit $arg
}

# Coverage has its own build folder; gcov counts per source file.
coverage_begin() {
    build=$top/build-coverage
    export WEIR_CFLAGS='-O0 -g --coverage'
    export WEIR_CONFIGURE="${WEIR_CONFIGURE:-} LDFLAGS=--coverage"
    find "$build" -name '*.gcda' -delete 2>/dev/null || true
}

coverage_report() {
    printf -- '--- line coverage by folder\n'
    (
        cd "$build"
        find . -name '*.gcda' -print0 | xargs -0 -r gcov -n 2>/dev/null
    ) | awk -v top="$top/" '
        /^File / {
            gsub(/^File .|.$/, ""); sub(/^(\.\.\/)+/, ""); file = $0
            i = index(file, top); if (i) file = substr(file, i + length(top))
        }
        /^Lines executed:/ && file !~ /^\/|^tests\/|^$/ {
            sub(/Lines executed:/, ""); split($0, p, "% of ")
            hit = p[1] * p[2] / 100
            # One source can be compiled into several programs: keep its best.
            if (hit >= best[file]) { best[file] = hit; all[file] = p[2] }
            file = ""
        }
        END {
            for (f in best) {
                d = f; sub(/\/[^\/]*$/, "", d)
                h[d] += best[f]; a[d] += all[f]
            }
            for (d in a) printf "%5.1f %% of %6d  %s\n", 100 * h[d] / a[d], a[d], d
        }' | sort -k5
}
