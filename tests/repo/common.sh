# What the checks of this folder share. Each is run as "sh CHECK.sh TREE" and ends with 0 (good), 1 (it names what is
# wrong on standard output) or 77 (it says why it was skipped).
set -eu
LC_ALL=C
export LC_ALL
tree=${1:?usage: $0 TREE}
cd "$tree"

# Paths of the tree's files, one a line; what git ignores is not of the tree.
tree_files() {
    git ls-files --cached --others --exclude-standard 2>/dev/null | sort -u || true
}
if [ ! -d .git ] && [ ! -f .git ]; then
    tree_files() { find . -type f ! -path './build*' | sed 's|^\./||' | sort; }
fi

# Those that exist (git lists deleted ones until they are committed) and are text by their name.
text_files() {
    tree_files | grep -Ev '\.(pcap|pcapng|gz|zst)$|^tests/fuzz/corpus/' | while IFS= read -r file; do
        [ ! -f "$file" ] || printf '%s\n' "$file"
    done
}

source_files() { text_files | grep -E '^(rules|sensor|collector)/' | grep -E '\.(cpp|hpp|def)$' || true; }

# test_names FILE: the names of its TEST_CASEs, one a line. Long ones are several string literals in a row.
test_names() {
    tr '\n' ' ' <"$1" | grep -oE 'TEST_CASE\( *("([^"\\]|\\.)*" *)+' | sed -E 's/^TEST_CASE\( *"//; s/" *$//; s/" +"//g; s/\\"/"/g' || true
}

skip() {
    echo "skipped: $*"
    exit 77
}

# Nothing on standard input is good; anything is what is wrong.
expect_nothing() {
    wrong=$(cat)
    [ -n "$wrong" ] || exit 0
    printf '%s\n%s\n' "$1:" "$wrong"
    exit 1
}
