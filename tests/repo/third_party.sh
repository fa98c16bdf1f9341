# Each foreign header is included in the room whose work it is, and nowhere else in the product.
. "$(dirname "$0")/common.sh"

# header (a pattern of what stands between the brackets) and the files that may include it
table='
pcap(/.*)?\.h           ^(rules/policy|sensor/capture)/
toml\+\+/.*             ^rules/policy/toml_tree\.cpp$
seccomp\.h              ^rules/confine/
linux/landlock\.h       ^rules/confine/
sha1\.h                 ^rules/packet/community_id\.cpp$
simdjson\.h             ^sensor/journal/
zlib\.h                 ^(sensor/capture/gzip_source|rules/packet/encapsulation)\.cpp$
zstd.*\.h               ^sensor/capture/zstd_source\.cpp$
CLI/.*                  ^collector/cli/options(_logs)?\.cpp$
nlohmann/.*             ^collector/
sqlite3\.h              ^collector/store/
evtlog\.h               ^collector/export/audit_log\.cpp$
glib\.h                 ^collector/export/audit_log\.cpp$
n?curses\.h             ^collector/
tins/.*                 ^collector/dissect/dissect_tins\.cpp$
re2/.*                  ^rules/base/pattern\.cpp$
catch2/.*               ^$
'

includes=$(source_files | xargs grep -HE '^#include <' /dev/null | sed 's/^\([^:]*\):#include <\([^>]*\)>.*/\2 \1/')
printf '%s\n' "$table" | while read -r header where; do
    [ -n "$header" ] || continue
    printf '%s\n' "$includes" | grep -E "^$header " | while read -r name file; do
        printf '%s\n' "$file" | grep -Eq "$where" || echo "$file includes <$name>"
    done || true
done | expect_nothing 'foreign headers outside their room'
