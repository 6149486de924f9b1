# shellcheck shell=bash
# lint.sh: format, static analysis, layers, generated files, shell, console.
# Every check runs; the verb fails when one did.

lint_bad=0

lint_check() {
    local title=$1 log start status

    shift
    log=$(step_log "lint $title")
    start=$(now_ms)
    printf '  %-34s' "$title"
    # Never inside a condition: bash would ignore `set -e` there.
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
    lint_bad=1
    printf '%6s s  FAILED\n' "$(seconds_since "$start")"
    head -n 40 "$log" | sed 's/^/    | /'
    printf '    log file: %s\n' "$log"
}

# c_files: our C sources; ngx_module/ has nginx's own style, not clang-format's.
c_files() {
    local dir

    for dir in engine fcgi_workers scheduler cli tests bench; do
        if [ -d "$top/$dir" ]; then
            find "$top/$dir" -name '*.[ch]'
        fi
    done | LC_ALL=C sort
}

lint_format() {
    local files

    mapfile -t files < <(c_files)
    clang-format-14 --dry-run -Werror --ferror-limit=3 "${files[@]}"
}

lint_cppcheck() {
    mkdir -p "$build/cppcheck"
    cd "$top"
    c_files | sed "s,^$top/,," | grep '\.c$' >"$build/cppcheck.files"
    if [ -d ngx_module ]; then
        find ngx_module -name '*.c' >>"$build/cppcheck.files"
    fi
    cppcheck --enable=warning,portability,performance --inline-suppr \
        --suppressions-list=tests/lint/cppcheck.txt --std=c11 \
        --error-exitcode=1 --quiet -j"$(nproc)" -I . -I "$build" \
        --library=posix --cppcheck-build-dir="$build/cppcheck" \
        --file-list="$build/cppcheck.files"
}

lint_layers() {
    (cd "$top" && sh tests/lint/layers.sh)
}

lint_house() {
    (cd "$top" && sh tests/lint/house.sh)
}

# Each row of generated.txt: a committed file and the command that prints it.
lint_generated() {
    local file command bad=0

    make_in_build all
    cd "$build"
    while read -r file command; do
        case $file in '' | '#'*) continue ;; esac
        if ! diff -u "$top/$file" <(TOP=$top sh -c "$command") | head -n 20; then
            printf '%s drifted: run `%s > %s` in the build folder\n' \
                "$file" "$command" "$file"
            bad=1
        fi
    done <"$top/tests/lint/generated.txt"
    return $bad
}

shell_files() {
    printf '%s\n' dev .ci/run
    find dev.d tests .ci nginx-conf docs examples -type f \
        ! -path '*/node_modules/*' -print0 2>/dev/null |
        xargs -0 -r grep -lE '^#!.*\b(sh|bash)\b|^# shellcheck shell='
}

lint_shell() {
    local files

    cd "$top"
    mapfile -t files < <(shell_files | LC_ALL=C sort -u)
    shellcheck -x -e SC1091,SC2016 "${files[@]}"
}

python_files() {
    find . \( -name node_modules -o -name 'build*' -o -name var -o -name .git \) \
        -prune -o -type f -name '*.py' -print
    # `|| true`: grep finds none in a young tree.
    grep -lE '^#!.*python3' tests/suites/* tests/conformance/* \
        tests/lib/* 2>/dev/null || true
}

# ruff and mypy are not in Debian 12 (mypy is, years old): a venv holds them.
lint_python() {
    local files venv=$build/lint-venv

    cd "$top"
    mapfile -t files < <(python_files | LC_ALL=C sort -u)
    [ ${#files[@]} -gt 0 ] || return 0
    if ! [ -x "$venv/bin/ruff" ] || ! [ -x "$venv/bin/mypy" ]; then
        /usr/bin/python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check \
            'ruff>=0.5' 'mypy>=1.8'
    fi
    "$venv/bin/ruff" check --config tests/lint/ruff.toml "${files[@]}"
    # Suites are programs without a suffix, not modules of a package.
    "$venv/bin/mypy" --config-file tests/lint/mypy.ini \
        --cache-dir "$build/mypy" --scripts-are-modules "${files[@]}"
}

lint_console() {
    [ -f "$top/frontend/package.json" ] || return 0
    console_npm run lint
}

cmd_lint() {
    mkdir -p "$build"
    build_all
    lint_check "format" lint_format
    lint_check "cppcheck" lint_cppcheck
    lint_check "layers" lint_layers
    lint_check "house rules" lint_house
    lint_check "generated files" lint_generated
    lint_check "shell" lint_shell
    lint_check "python" lint_python
    if [ -f "$top/frontend/package.json" ]; then
        console_deps
        lint_check "console" lint_console
    fi
    [ $lint_bad -eq 0 ] || die "lint failed"
}
