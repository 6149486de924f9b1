#!/bin/sh
# layers.sh: fail when an #include crosses a layer it may not.
srcdir=${srcdir:-.}
cd "$srcdir" || exit 99
find engine fcgi_workers scheduler cli ngx_module sql -name '*.[ch]' |
    LC_ALL=C sort | xargs awk '
FILENAME == "tests/lint/layers.txt" {
    if ($0 !~ /^#/ && NF) {
        layer = $1
        sub(/:$/, "", layer)
        known[layer] = 1
        for (i = 2; i <= NF; i++)
            allowed[layer, $i] = 1
    }
    next
}
/^#[ \t]*include "/ {
    split($0, q, "\"")
    target = q[2]
    if (target ~ /\.def$/ || target !~ /\//)
        next
    from = FILENAME
    sub(/\/[^\/]*$/, "", from)
    to = target
    sub(/\/[^\/]*$/, "", to)
    if (!(from in known)) {
        printf "%s: folder %s has no layer\n", FILENAME, from
        bad = 1
    } else if (from != to && !((from, to) in allowed)) {
        printf "%s:%d: %s may not include %s\n", FILENAME, FNR, from, target
        bad = 1
    }
}
END { exit bad }
' tests/lint/layers.txt
