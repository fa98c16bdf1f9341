# A claim in README, documentation or a man page that ends in "(test: TARGET: NAME)" has that test: TARGET is a target of
# tests/, and NAME the name of one of its TEST_CASEs (or, for target repo, a script of tests/repo).
. "$(dirname "$0")/common.sh"

documents=$(text_files | grep -E '^(README\.md|CHANGELOG\.md|docs/.*)$' || true)
[ -n "$documents" ] || skip 'no documents'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# "TARGET<tab>NAME" a test.
text_files | grep -E '^tests/.*CMakeLists\.txt$' | while IFS= read -r list; do
    tr '\n' ' ' <"$list" | grep -oE '(span_test|add_test)\([^)]*\)' | while IFS= read -r call; do
        target=$(printf '%s' "$call" | sed -E 's/^span_test\( *([A-Za-z0-9_]+).*/\1/')
        for word in $(printf '%s' "$call" | tr '() ' '\n\n\n' | grep '\.cpp$'); do
            file=$(dirname "$list")/$word
            [ ! -f "$file" ] || test_names "$file" | sed "s|^|$target	|"
        done
    done
done >"$work/tests"
text_files | sed -n 's|^tests/repo/\([a-z_]*\)\.sh$|repo	\1|p' >>"$work/tests"

# A claim may run over lines and be indented or quoted there.
# shellcheck disable=SC2086
for document in $documents; do
    sed 's/^[ >]*//' "$document" | tr '\n' ' ' | grep -oE '\(test: [A-Za-z0-9_]+: [^)]*\)' | tr -s ' ' |
        sed -E 's/^\(test: ([A-Za-z0-9_]+): (.*)\)$/\1	\2/' | while IFS= read -r claim; do
        grep -Fxq -- "$claim" "$work/tests" || printf '%s: %s\n' "$document" "$claim"
    done || true
done >"$work/missing"
expect_nothing 'claims whose test is not there' <"$work/missing"
