# Every man page is clean mdoc.
. "$(dirname "$0")/common.sh"

command -v mandoc >/dev/null 2>&1 || skip 'no mandoc'
pages=$(text_files | grep -E '^docs/man/.*\.[1-9]$' || true)
[ -n "$pages" ] || skip 'no man pages'
# shellcheck disable=SC2086
{ mandoc -Tlint -W warning $pages 2>&1 || true; } | expect_nothing 'mandoc -Tlint'
