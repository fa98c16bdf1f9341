# syntax_test.sh SOURCE [CXX]: what would be compiled on OpenBSD and asks the system for anything compiles against what OpenBSD
# declares (tests/openbsd/declared), and a file that does not is found. Declarations only: nothing here has been linked or run there.
set -eu
source=$(cd "$1" && pwd)
compiler=${2:-c++}
declared=$source/tests/openbsd/declared
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# -U: no file may take its Linux way.
check() { # check FILE
    "$compiler" -std=gnu++20 -fsyntax-only -U__linux__ -U__linux -U__gnu_linux__ -Ulinux -D__OpenBSD__=1 -DSIGINFO=29 \
        -DSPAN_VERSION='"0"' -Werror=conversion -Wconversion -I"$declared" -I"$source" -include "$declared/not_there.hpp" "$1"
}

case ${3:-} in
    '') ;;
    *) check "$3"; exit ;;
esac

cd "$source"
# Files that include a header of the system's, but for those that are Linux's own.
find rules sensor collector -name '*.cpp' ! -name '*_linux.cpp' -exec grep -lE \
    '#include <(sys/|net/|netinet/|arpa/|pcap|(unistd|fcntl|poll|grp|pwd|termios|signal|csignal|dirent|fnmatch|getopt|ifaddrs|netdb|sched|spawn)\.?h?>)' {} + >"$work/files"
grep -q 'interface_openbsd' "$work/files" || { echo 'FAIL the files are not found'; exit 1; }
if ! xargs -P 2 -n 1 sh "$0" "$source" "$compiler" <"$work/files" >"$work/said" 2>&1; then
    cat "$work/said"
    exit 1
fi
echo "$(wc -l <"$work/files") files compile against what OpenBSD declares"

# This check can fail.
for line in '#include <sys/prctl.h>' 'int f() { return prctl(1); }' '#include <pcap/pcap.h>' 'int x = AF_PACKET;' \
    'struct timeval t; void g(const pcap_pkthdr& h) { t = h.ts; }' 'int h(pcap_t* p) { return pcap_set_tstamp_precision(p, 1); }'; do
    printf '#include <pcap.h>\n%s\n' "$line" >"$work/bad.cpp"
    ! check "$work/bad.cpp" >/dev/null 2>&1 || { echo "FAIL accepted: $line"; exit 1; }
done
