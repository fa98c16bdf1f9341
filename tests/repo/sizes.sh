# A file of the product is a room that can be overlooked: at most 400 lines.
. "$(dirname "$0")/common.sh"

most=400
source_files | while IFS= read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le "$most" ] || echo "$file has $lines lines"
done | expect_nothing "more than $most lines"
