# package_test.sh BUILD: the package of that build is made, installed into a root of its own, and removed; nothing is started.
set -eu
build=$1

skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip 'needs root, for owners of folders'
for tool in cpack dpkg-deb dpkg-shlibdeps systemd-sysusers systemd-tmpfiles; do command -v "$tool" >/dev/null || skip "no $tool"; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
wrong() { echo "FAIL $*"; failed=1; }

cpack -G DEB --config "$build/CPackConfig.cmake" -B "$work/made" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
package=$(echo "$work"/made/*.deb)
[ -f "$package" ] || { echo "FAIL no package: $(cat "$work/said")"; exit 1; }

root=$work/root
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" "$root/etc"
: >"$root/var/lib/dpkg/status"
printf 'root:x:0:0::/:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\n' >"$root/etc/group"
in_root() { dpkg --root="$root" --force-script-chrootless --force-depends "$@" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }; }
in_root --install "$package"

# Each program that a unit starts is there, and each unit waits for a policy, which is not there.
units=$(find "$root" -path '*/systemd/system/*.service')
[ "$(echo "$units" | wc -l)" -eq 4 ] || wrong "units: $units"
for unit in $units; do
    for program in $(sed -nE 's|^ExecSt[a-z]*=(/[^ ]*).*|\1|p' "$unit"); do
        [ -x "$root$program" ] || wrong "$(basename "$unit") starts $program, which is not in the package"
    done
    grep -qx 'ConditionPathExists=/etc/span-watcher/policy.toml' "$unit" || wrong "$(basename "$unit") starts without a policy"
done
[ -d "$root/etc/span-watcher" ] && [ ! -e "$root/etc/span-watcher/policy.toml" ] || wrong 'a policy comes with the package'
[ -z "$(find "$root/etc" -name '*.wants')" ] || wrong 'something is enabled'

# Direction by ownership, by the names in the root's own tables.
name_of() { awk -F: -v id="$2" '$3 == id { print $1 }' "$root/etc/$1"; }
while read -r path mode owner group; do
    [ -d "$root$path" ] || { wrong "$path is not there"; continue; }
    found="$(stat -c %a "$root$path") $(name_of passwd "$(stat -c %u "$root$path")") $(name_of group "$(stat -c %g "$root$path")")"
    [ "$found" = "$mode $owner $group" ] || wrong "$path is '$found', not '$mode $owner $group'"
done <<'T'
/etc/span-watcher 755 root root
/var/spool/span-watcher/frames 755 root root
/var/spool/span-watcher/alarms/span-collector 2750 span-collector span-alarm
/var/lib/span-watcher 2770 span-collector span-review
/var/lib/span-alarm 2750 span-alarm span-review
/var/log/span-watcher 2750 span-alarm span-review
T

# Owners of files are root, and nothing runs as root by its mode.
[ -z "$(dpkg-deb -c "$package" | awk '$2 != "root/root"')" ] || wrong 'files of the package that root does not own'
[ -z "$(dpkg-deb -c "$package" | awk '$1 ~ /s/ && $1 !~ /^d/')" ] || wrong 'files with set-id'

echo evidence >"$root/var/lib/span-watcher/store.db"
in_root --remove span-watcher
[ -z "$(find "$root" -name 'span-sensor*' -not -path '*/var/*')" ] || wrong 'files are left behind'
[ "$(cat "$root/var/lib/span-watcher/store.db")" = evidence ] || wrong 'the store went with the package'
exit "$failed"
