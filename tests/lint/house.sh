#!/bin/sh
# house.sh: small rules of CONTRIBUTING.md that grep can check.
srcdir=${srcdir:-.}
cd "$srcdir" || exit 99
bad=0

complain() {
    if [ -n "$2" ]; then
        printf '%s:\n%s\n' "$1" "$2"
        bad=1
    fi
}

sources=$(find engine fcgi_workers scheduler cli ngx_module tests bench \
    -name '*.[ch]' | LC_ALL=C sort)

# shellcheck disable=SC2086
complain 'a C file above 800 lines' "$(wc -l $sources |
    awk '$2 != "total" && $1 > 800')"

# shellcheck disable=SC2086
complain 'a mark of unfinished work' \
    "$(grep -nE '\b(TODO|FIXME|XXX|HACK)\b' $sources)"

# shellcheck disable=SC2086
complain 'an unsafe C function' \
    "$(grep -nE '\b(atoi|atol|strcpy|strcat|sprintf|strtok|gets) ?\(' \
        $sources | grep -v '^tests/')"

complain 'a fixed sleep in a test (wait for a condition)' \
    "$(grep -rnE '(^|[^a-z_])(usleep|nanosleep|sleep) *\([0-9]|time\.sleep\(|waitForTimeout' \
        tests frontend/e2e --include='*.[ch]' --include='*.py' \
        --include='*.ts' 2>/dev/null)"

# The console shows an event without a row under its bare name.
model=frontend/src/features/instances/history-model.ts
names=$(sed -n 's/^WR_HISTORY(.*, *"\([a-z-]*\)", *"[A-Z_]*").*/\1/p' \
    engine/exec/history.def)
if [ "$(printf '%s\n' "$names" | wc -l)" != \
    "$(grep -c '^WR_HISTORY(' engine/exec/history.def)" ]; then
    complain 'a row of history.def that this rule cannot read' 'house.sh'
fi
complain "an event of history.def without its row in $model" \
    "$(for name in $names; do
        grep -q "^  '$name': {" "$model" || echo "$name"
    done)"

exit $bad
