# The names of tests survive CMake and Catch2: a semicolon would split one into two that run nothing and pass, and two of
# the same name in one room would be one.
. "$(dirname "$0")/common.sh"

text_files | grep -E '^tests/.*\.cpp$' | while IFS= read -r file; do
    test_names "$file" | grep -E ';|^ | $|^$' | sed "s|^|$file: |" || true
    test_names "$file" | sort | uniq -d | sed "s|^|$file twice: |"
done | expect_nothing 'names that do not run'
