# The tree names no path of the machine it was written on, and holds no file of the corpora (SPAN_CORPORA), whose licences
# are not ours to give.
. "$(dirname "$0")/common.sh"

corpora=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Home folders and the like, at the beginning of a word; and wherever this tree itself happens to lie.
homes='/(ho''me|ro''ot|wo''rk|Us''ers)/[A-Za-z0-9_]'
text_files | tr '\n' '\0' >"$work/files"
{
    xargs -0 grep -nE "(^|[^A-Za-z0-9_.}\$])$homes" /dev/null <"$work/files" || true
    case $PWD in
        /?*/?*) xargs -0 grep -nF "$PWD/" /dev/null <"$work/files" || true ;;
    esac
} >"$work/wrong"

if [ -n "$corpora" ] && [ -f "$corpora/MANIFEST.shared.tsv" ]; then
    empty=$(sha256sum </dev/null | cut -d' ' -f1)
    cut -f2 "$corpora/MANIFEST.shared.tsv" | grep -Ex '[0-9a-f]{64}' | grep -v "$empty" | sort -u >"$work/theirs"
    tree_files | while IFS= read -r file; do
        [ ! -f "$file" ] || sha256sum "$file"
    done | sort | join - "$work/theirs" | cut -d' ' -f2- | sed 's/$/ is a file of the corpora/' >>"$work/wrong"
else
    echo 'skipped in part: no corpora to compare with'
fi
expect_nothing 'what must not be in the tree' <"$work/wrong"
