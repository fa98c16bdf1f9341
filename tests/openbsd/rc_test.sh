# rc_test.sh FOLDER: the rc.d scripts of FOLDER, run by a Korn shell under a double of rc.subr.
set -eu
scripts=$1
double=$(cd "$(dirname "$0")" && pwd)/rc_subr.ksh

shell=
for candidate in oksh mksh ksh; do command -v "$candidate" >/dev/null && shell=$candidate && break; done
[ -n "$shell" ] || { echo 'skipped: no Korn shell'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
wrong() { echo "FAIL $*"; failed=1; }

# Only paths change: where rc.subr is, where the policy is, and what checks it.
policy=$work/policy.toml
printf '#!/bin/sh\nexec grep -q good "$3"\n' >"$work/span-watcher"
chmod 755 "$work/span-watcher"
for name in span_sensor span_collector span_alarm; do
    sed -e "s|/etc/rc.d/rc.subr|$double|; s|/etc/span-watcher/policy.toml|$policy|g; s|/usr/local/bin/span-watcher|$work/span-watcher|" \
        "$scripts/$name" >"$work/$name"
    case $name in *[!a-z_]*) wrong "$name: rc.d names are letters and underscores" ;; esac
    head -n 1 "$scripts/$name" | grep -qx '#!/bin/ksh' || wrong "$name is no Korn shell script"
    [ "$(tail -n 1 "$scripts/$name")" = 'rc_cmd $1' ] || wrong "$name does not end in rc_cmd"
done
run() { "$shell" "$work/$1" "$2" 2>&1; }

for name in span_sensor span_collector span_alarm; do
    rm -f "$policy"
    ! run "$name" start >"$work/said" || wrong "$name starts without a policy: $(cat "$work/said")"
    ! grep -q ifconfig "$work/said" || wrong "$name touches an interface without a policy"
    echo good >"$policy"
    run "$name" start >"$work/said" || wrong "$name does not start: $(cat "$work/said")"
    grep -q "bg YES log daemon.info: /usr/local/sbin/$(echo "$name" | tr _ -) --" "$work/said" || wrong "$name starts wrongly: $(cat "$work/said")"
    run "$name" reload | grep -q "^HUP to: /usr/local/sbin/" || wrong "$name is not reloaded"
    # What is looked for and ended is what was started, to the letter: pgrep -xf.
    started=$(sed -n 's/^start as [^:]*: //p' "$work/said")
    [ "$(run "$name" check)" = "look for: $started" ] || wrong "$name is not found: $(run "$name" check)"
    [ "$(run "$name" stop)" = "TERM to: $started" ] || wrong "$name is not ended: $(run "$name" stop)"
    [ "$(run "$name" restart | grep -c -e '^TERM to: ' -e '^start as ')" = 2 ] || wrong "$name is not restarted"
    rm -f "$policy"
    ! run "$name" restart >"$work/said" || wrong "$name is restarted without a policy"
    ! grep -q '^TERM' "$work/said" || wrong "$name is ended although it could not be started again"
done

# Flags of the administrator's, and the interface that they name.
echo good >"$policy"
echo 'span_sensor_flags="--policy x --interface ix0 --user _spansensor"' >"$work/conf"
RC_CONF=$work/conf run span_sensor start >"$work/said" || wrong "the sensor does not start with flags: $(cat "$work/said")"
[ "$(head -n 1 "$work/said")" = 'ifconfig ix0 -inet -inet6 -arp monitor up' ] || wrong "the interface of the flags is not made deaf: $(cat "$work/said")"
RC_CONF=$work/conf run span_sensor stop | grep -q -- '--interface ix0' || wrong 'the sensor with flags is not ended'

echo good >"$policy"
[ "$(run span_sensor start | head -n 1)" = 'ifconfig em1 -inet -inet6 -arp monitor up' ] || wrong "the sensor's interface is not made deaf first"
echo bad >"$policy"
! run span_sensor start >/dev/null || wrong 'the sensor starts with a policy that is wrong'
! run span_sensor reload >/dev/null || wrong 'the sensor is told to read a policy that is wrong'
echo good >"$policy"
sed -i 's/^daemon_flags=.*/daemon_flags="--policy x"/' "$work/span_sensor"
! run span_sensor start >"$work/said" || wrong 'the sensor starts without an interface'

# Only the sensor begins as root, and it is told whom to become.
grep -q '^daemon_user="root"' "$scripts/span_sensor" && grep -q -- '--user _spansensor"' "$scripts/span_sensor" || wrong 'the sensor stays root'
for name in span_collector span_alarm; do
    grep -Eq '^daemon_user="_span[a-z]+"' "$scripts/$name" || wrong "$name has no user of its own"
done
# The users of the scripts are those that the installation text makes.
for user in $(cat "$scripts/span_sensor" "$scripts/span_collector" "$scripts/span_alarm" "$scripts/newsyslog.conf" | grep -oE '_span[a-z]+' | sort -u); do
    grep -Eq "(group|user)add .*$user" "$scripts/INSTALL" || wrong "INSTALL does not make $user"
done
exit "$failed"
