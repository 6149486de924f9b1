#!/usr/bin/env bash
# build.sh BUILD OUT [TARGET]...: compile the fuzz targets (all by default) with
# clang, libFuzzer and sanitizers into OUT.  BUILD is a configured and built
# tree: its config.h and generated headers are used.
set -eu

if [ $# -lt 2 ]; then
    echo "usage: build.sh BUILD OUT [TARGET]..." >&2
    exit 2
fi
top=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
shift 2

ln -sfn "$top" "$out/top"
ln -sfn "$build" "$out/build"
clang=${CLANG:-}
if [ -z "$clang" ]; then
    for clang in clang-14 clang; do
        command -v "$clang" >/dev/null && break
    done
fi
exec make -s -C "$out" -f top/tests/fuzz/fuzz.mk -j"$(nproc)" \
    CLANG="$clang" "$@"
