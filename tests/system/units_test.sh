# units_test.sh FOLDER: the units in FOLDER are well formed, and their exposure (systemd-analyze security) is within bounds.
set -eu
units=$1

skip() { echo "skipped: $*"; exit 77; }
command -v systemd-analyze >/dev/null || skip 'no systemd-analyze'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# As an instance, and with programs that are there: verify asks for them.
for unit in span-sensor@ span-collector span-alarm span-watcher-interface@; do
    sed -E 's|^(ExecSt[a-z]+=)/[^ ]*|\1/bin/true|' "$units/$unit.service" >"$work/$unit.service"
    case $unit in *@) cp "$work/$unit.service" "$work/${unit}span0.service" ;; esac
done
cp "$units/span-watcher.target" "$units/span-syslog.socket" "$work"

# What systemd says of each: nothing that names it. Of a unit with a word that it does not know it says so.
complaints() { systemd-analyze verify --man=no "$work/$1" 2>&1 | grep -F "$(basename "$1" .service)" >"$work/wrong"; }
for unit in span-sensor@span0.service span-watcher-interface@span0.service span-collector.service span-alarm.service span-watcher.target span-syslog.socket; do
    ! complaints "$unit" || { echo "FAIL $unit:"; cat "$work/wrong"; failed=1; }
done
sed 's/^Restart=always/Restart=whenever/' "$work/span-alarm.service" >"$work/span-bad.service"
complaints span-bad.service || { echo 'FAIL a unit with a wrong word passes'; failed=1; }

exposure() { # exposure UNIT MOST: in tenths
    systemd-analyze security --offline=true --no-pager "--threshold=$2" "$work/$1.service" >"$work/said" 2>&1
}
bounded() {
    if exposure "$1" "$2"; then tail -n 1 "$work/said"; else echo "FAIL $1 is above $2 tenths:"; cat "$work/said"; failed=1; fi
}
bounded span-sensor@span0 15
bounded span-collector 3
bounded span-alarm 3

# The bound binds: without one line the unit is above it.
sed -i '/^SystemCallFilter=/d' "$work/span-collector.service"
! exposure span-collector 3 || { echo 'FAIL a unit without a filter passes'; failed=1; }
sed 's/^PrivateNetwork=.*//' "$units/span-alarm.service" >"$work/span-alarm.service"
! exposure span-alarm 3 || { echo 'FAIL a listener with a network passes'; failed=1; }

# None of them starts before there is a policy, and none is wanted by anything but our target.
for unit in span-sensor@ span-collector span-alarm span-watcher-interface@; do
    grep -qx 'ConditionPathExists=/etc/span-watcher/policy.toml' "$units/$unit.service" || { echo "FAIL $unit starts without a policy"; failed=1; }
    wanted=$(sed -n 's/^WantedBy=//p' "$units/$unit.service")
    case $wanted in '' | span-watcher.target) ;; *) echo "FAIL $unit is wanted by $wanted"; failed=1 ;; esac
done
exit "$failed"
