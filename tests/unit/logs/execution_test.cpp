#include "rules/logs/black_lines.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/logs/lines.hpp"

using namespace sw;

namespace {

std::string run(std::string_view program, std::string_view text) {
    const auto e = execution(line(program, text));
    return e ? e->user + "|" + e->executable + "|" + e->arguments : "none";
}

}  // namespace

TEST_CASE("execution: auditd's SYSCALL records of execve, on each architecture and enriched") {
    const std::string rest =
        " success=yes exit=0 a0=1 a1=2 items=2 ppid=1 pid=2 auid=1000 uid=0 gid=0 tty=pts0 ses=1 comm=\"ls\" exe=\"/usr/bin/ls\" key=\"exec\"";
    const std::string front = "type=SYSCALL msg=audit(1795348800.123:42): ";
    CHECK(run("audispd", front + "arch=c000003e syscall=59" + rest) == "0|/usr/bin/ls|");
    CHECK(run("audit", front + "arch=c000003e syscall=322" + rest) == "0|/usr/bin/ls|");
    CHECK(run("", "node=mail " + front + "arch=c00000b7 syscall=221" + rest) == "0|/usr/bin/ls|");
    CHECK(run("audit", front + "arch=40000003 syscall=11" + rest) == "0|/usr/bin/ls|");
    CHECK(run("audit", front + "arch=c000003e syscall=59" + rest + "#035ARCH=x86_64 SYSCALL=execve UID=\"root\"") == "0|/usr/bin/ls|");
    CHECK(run("audit", front + "arch=c00000ff syscall=77" + rest + " SYSCALL=execve") == "0|/usr/bin/ls|");
    CHECK(run("kernel", "audit: type=1300 audit(1795348800.123:42): arch=c000003e syscall=59" + rest) == "0|/usr/bin/ls|");
    // Other calls are lines like any other.
    CHECK(run("audit", front + "arch=c000003e syscall=2" + rest) == "none");
    CHECK(run("audit", front + "arch=c00000b7 syscall=59" + rest) == "none");
    CHECK(run("audit", "type=PATH msg=audit(1.2:3): item=0 name=\"/usr/bin/ls\"") == "none");
}

TEST_CASE("execution: auditd's EXECVE records: the shape of the arguments, quoted or in hexadecimal") {
    CHECK(run("audit", "type=EXECVE msg=audit(1.2:3): argc=3 a0=\"ls\" a1=\"-l\" a2=\"/tmp/x\"") == "|ls|-l {path}");
    CHECK(run("audit", "type=EXECVE msg=audit(1.2:3): argc=2 a0=\"sleep\" a1=\"60\"") == "|sleep|{integer}");
    CHECK(run("audit", "type=EXECVE msg=audit(1.2:3): argc=3 a0=\"sh\" a1=\"-c\" a2=6563686F206869") == "|sh|-c echo hi");
    CHECK(run("audit", "type=EXECVE msg=audit(1.2:3): argc=1 a0=\"ls\"") == "|ls|");
    CHECK(run("audit", "type=EXECVE msg=audit(1.2:3): argc=2 a0=\"x\" a1=1B5B324A") == "|x|(4 octets)");  // control octets
    CHECK(run("kernel", "audit: type=1309 audit(1.2:3): argc=2 a0=\"wget\" a1=\"http://203.0.113.9/x\"") == "|wget|http:{path}");
}

TEST_CASE("execution: snoopy's lines, by whatever facts they have") {
    CHECK(run("snoopy", "[uid:0 sid:4711 tty:/dev/pts/0 cwd:/root filename:/usr/bin/ls]: ls -l /tmp/x") == "0|/usr/bin/ls|-l {path}");
    CHECK(run("snoopy", "[login:amy ssh:((undefined)) username:root uid:0 sid:1 tty:(none) () cwd:/ filename:/bin/cat]: cat") ==
          "root|/bin/cat|");
    CHECK(run("snoopy", "[login:amy sid:1 cwd:/]: /bin/cat /etc/shadow") == "amy|/bin/cat|{path}");
    CHECK(run("snoopy", "no brackets") == "none");
    CHECK(run("sshd", "[uid:0 filename:/usr/bin/ls]: ls") == "none");
}

TEST_CASE("execution: lines of lastcomm(1), Linux' and the BSDs'") {
    CHECK(run("lastcomm", "cron                    SF    root     __         0.00 secs Sun Nov 22 11:00") == "root|cron|");
    CHECK(run("lastcomm", "ls                            amy      pts/0      0.00 secs Sun Nov 22 11:00") == "amy|ls|");
    CHECK(run("acct", "sh          -       root             __               0.02 secs Sun Nov 22 11:00 (0:00:00.03)") == "root|sh|");
    CHECK(run("lastcomm", "only three words") == "none");
    CHECK(run("sshd", "ls  -  root  __  0.02 secs Sun Nov 22 11:00") == "none");
}
