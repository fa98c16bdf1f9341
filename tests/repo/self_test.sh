# The checks of this folder can fail: each of them finds what is planted for it in a tree of our own, and nothing in a
# clean one.
set -eu
checks=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

plant() { # plant PATH: its content from standard input
    mkdir -p "$work/tree/$(dirname "$1")"
    cat >"$work/tree/$1"
}

# expect STATUS CHECK [ARGUMENT]: what CHECK says of the tree as it stands
expect() {
    status=0
    said=$(sh "$checks/$2.sh" "$work/tree" "${3:-}" 2>&1) || status=$?
    [ "$status" = "$1" ] && return 0
    echo "$2: expected $1, got $status: $said"
    failed=1
}

# finds CHECK PATH: CHECK is content before PATH is planted, not afterwards; then it is taken away again
finds() {
    expect 0 "$1" "${3:-}"
    plant "$2"
    expect 1 "$1" "${3:-}"
    rm "$work/tree/$2"
}

plant rules/base/a.hpp <<'T'
#pragma once
#include <string>
T
plant README.md <<'T'
It counts (test: unit_a: a: counts
every frame).
T
plant tests/unit/CMakeLists.txt <<'T'
span_test(unit_a SOURCES a_test.cpp
  LIBS b)
T
plant tests/unit/a_test.cpp <<'T'
TEST_CASE("a: counts "
          "every frame") {}
T

finds includes rules/base/b.hpp <<'T'
#include "rules/packet/packet.hpp"
T
finds includes rules/packet/b.hpp <<'T'
#include "rules/policy/policy.hpp"
T
finds includes sensor/b.hpp <<'T'
#include "collector/cli/options.hpp"
T
finds test_names tests/unit/b_test.cpp <<'T'
TEST_CASE("b: holds; and more") {}
T
finds test_names tests/unit/b_test.cpp <<'T'
TEST_CASE("b: holds") {}
TEST_CASE("b: "
          "holds") {}
T
finds third_party rules/packet/b.cpp <<'T'
#include <pcap/pcap.h>
T
finds third_party collector/cli/b.cpp <<'T'
#include <CLI/CLI.hpp>
T
finds third_party sensor/b.cpp <<'T'
#include <tins/tins.h>
T
yes '// a line' | head -n 401 >"$work/long"
finds sizes collector/long.cpp <"$work/long"
printf '// TO%s: later\n' DO | finds unfinished sensor/b.cpp
printf 'Very fast (test: unit_a: a: is fast).\n' | finds claims docs/b.md
printf 'Very fast (test: unit_b: a: counts every frame).\n' | finds claims docs/b.md
printf 'see /ho%s/amy/span-watcher\n' me | finds origins docs/b.md
printf 'see %s/rules\n' "$work/tree" | finds origins docs/b.md

mkdir "$work/corpora"
printf 'a capture of others\n' >"$work/capture"
printf 'path\tsha256\npcap/a.pcap\t%s\n' "$(sha256sum <"$work/capture" | cut -d' ' -f1)" >"$work/corpora/MANIFEST.shared.tsv"
finds origins tests/captures/b.pcap "$work/corpora" <"$work/capture"

if command -v mandoc >/dev/null 2>&1; then
    expect 77 man_pages
    printf '.Dd November 20, 2026\n.Dt A 1\n.Os\n.Sh NAME\n.Nm a\n.Nd does it\n' | plant docs/man/a.1
    printf '.Dd November 20, 2026\n.Dt B 1\n.Os\n.Sh NAME\n.Nm b\n.Nd does it\n.Nonsense\n' | finds man_pages docs/man/b.1
fi
exit "$failed"
