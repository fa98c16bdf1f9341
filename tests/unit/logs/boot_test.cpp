#include "rules/logs/boot_tracker.hpp"

#include <algorithm>

#include "rules/logs/log_judge.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/logs/lines.hpp"

using namespace sw;
using namespace std::chrono_literals;

namespace {

Timestamp at(Duration d) { return noon + d; }

constexpr const char* linux_marker = "[    0.000000] Linux version 6.1.0-13-amd64 (debian-kernel@lists.debian.org)";

/// A marker, three lines of the kernel, two of a daemon; some of them in another order.
std::vector<LogLine> boot(Timestamp t, const std::vector<const char*>& kernel_lines = {
                                           "[    0.100000] smpboot: one", "[    0.200000] pci: two", "[    0.300000] sda: three"}) {
    std::vector<LogLine> out{kernel(linux_marker, t)};
    for (const char* text : kernel_lines) out.push_back(kernel(text, t));
    out.push_back(line("sshd", "Server listening on 192.0.2.25 port 22.", t + 10s));
    out.push_back(line("cron", "(CRON) INFO (Running @reboot jobs)", t + 11s));
    return out;
}

BootList play(BootTracker& tracker, const std::vector<LogLine>& lines) {
    for (const LogLine& l : lines)
        if (tracker.see(l).in_boot) tracker.record(l, template_of(l)->text);
    return tracker.row("mail")->current;
}

BootList list(std::initializer_list<const char*> texts) {
    BootList out;
    for (const char* t : texts) out.push_back({"kernel", t});
    return out;
}

std::string forged(const BootStep& s) { return s.forged ? std::string(to_string(*s.forged)) : ""; }

}  // namespace

TEST_CASE("boot: an armed host learns from the marker on, for the window, and once") {
    BootTracker tracker({.window = 10min});
    REQUIRE(tracker.arm("mail", at(1h)));
    CHECK(tracker.phase("mail") == BootPhase::armed);
    CHECK_FALSE(tracker.see(line("sshd", "before the boot", at(1min))).learning);

    const BootStep marker = tracker.see(kernel(linux_marker, at(5min)));
    CHECK(marker.began);
    CHECK(marker.in_boot);
    CHECK(marker.learning);
    CHECK_FALSE(marker.reason);
    CHECK(tracker.phase("mail") == BootPhase::learning);

    CHECK(tracker.see(line("sshd", "within", at(15min))).learning);
    const BootStep after = tracker.see(line("sshd", "after", at(15min) + 1ns));
    CHECK_FALSE(after.learning);
    CHECK_FALSE(after.in_boot);
    REQUIRE(after.closed);
    CHECK(after.closed->learnt);
    CHECK(after.closed->announced);
    CHECK(after.closed->marker == at(5min));
    CHECK_FALSE(after.closed->difference);  // none was accepted to compare with
    CHECK(tracker.phase("mail") == BootPhase::idle);

    // The next boot is compared, and learnt from no more.
    const BootStep next = tracker.see(kernel(linux_marker, at(20min)));
    CHECK(next.began);
    CHECK_FALSE(next.learning);
    CHECK(tracker.phase("mail") == BootPhase::watching);
}

TEST_CASE("boot: one that nobody announced is a finding, an announced one is none") {
    BootTracker tracker;
    CHECK(tracker.see(kernel(linux_marker, noon)).reason == LogReason::boot_unannounced);
    REQUIRE(tracker.close(at(2h)).size() == 1);
    REQUIRE(tracker.announce("mail", at(3h)));
    const BootStep announced = tracker.see(kernel(linux_marker, at(3h)));
    CHECK(announced.began);
    CHECK_FALSE(announced.reason);
    const auto closed = tracker.close(at(4h));
    REQUIRE(closed.size() == 1);
    CHECK(closed.front().announced);
    // An announcement is for one boot, and ends.
    CHECK(tracker.see(kernel(linux_marker, at(5h))).reason == LogReason::boot_unannounced);
    tracker.close(at(6h));
    REQUIRE(tracker.announce("mail", at(7h)));
    CHECK(tracker.see(kernel(linux_marker, at(7h) + 1ns)).reason == LogReason::boot_unannounced);
}

TEST_CASE("boot: an arming that is over opens nothing") {
    BootTracker tracker;
    REQUIRE(tracker.arm("mail", at(1h)));
    const BootStep late = tracker.see(kernel(linux_marker, at(1h) + 1ns));
    CHECK_FALSE(late.learning);
    CHECK(late.reason == LogReason::boot_unannounced);
    BootTracker other;
    REQUIRE(other.arm("mail", at(1h)));
    other.disarm("mail");
    CHECK(other.phase("mail") == BootPhase::idle);
    CHECK_FALSE(other.see(kernel(linux_marker, noon)).learning);
}

TEST_CASE("boot: a forged marker opens nothing and is a finding") {
    BootTracker tracker;
    REQUIRE(tracker.arm("mail", at(1h)));
    LogLine user = kernel(linux_marker);
    user.facility = 1;  // logger -t kernel
    CHECK(forged(tracker.see(user)) == "it does not come from the kernel");
    CHECK(forged(tracker.see(kernel("Linux version 6.1.0-13-amd64"))) == "it has no kernel clock");
    CHECK(forged(tracker.see(kernel("[19955416.516358] Linux version 6.1.0-13-amd64"))) == "the kernel's clock is far from zero");
    LogLine bsd = kernel("OpenBSD 7.4 (GENERIC.MP) #1397: Tue Oct 10 09:02:37 MDT 2023");
    bsd.program = "/bsd";
    CHECK(forged(tracker.see(bsd)) == "the copyright lines are missing before it");
    for (const LogLine& l : {user, bsd}) {
        const BootStep s = tracker.see(l);
        CHECK(s.reason == LogReason::boot_forged);
        CHECK_FALSE(s.learning);
        CHECK_FALSE(s.began);
    }
    CHECK(tracker.phase("mail") == BootPhase::armed);
    // Another program that says it is no marker at all.
    CHECK_FALSE(tracker.see(line("bash", "Linux version 6.1.0-13-amd64")).reason);
    CHECK_FALSE(tracker.see(kernel("[    0.000000] I run Linux version 6.1")).reason);
}

TEST_CASE("boot: a second marker within the window does not open it again") {
    BootTracker tracker({.window = 10min});
    REQUIRE(tracker.arm("mail", at(1h)));
    CHECK(tracker.see(kernel(linux_marker, noon)).learning);
    const BootStep second = tracker.see(kernel(linux_marker, at(9min)));
    CHECK(second.reason == LogReason::boot_forged);
    CHECK(forged(second) == "a boot goes on already");
    CHECK(second.learning);
    CHECK_FALSE(second.discard);
    CHECK_FALSE(tracker.see(line("x", "y", at(10min) + 1ns)).learning);  // the first marker's window
}

TEST_CASE("boot: a marker is found out when the kernel's clock goes on from before it, and what was learnt goes") {
    BootTracker tracker;
    Policy policy;
    LogJudge judge(*LogPolicy::make(policy, {}), {}, test_key);
    REQUIRE(tracker.arm("mail", at(1h)));
    const auto take = [&](const LogLine& l) {
        const BootStep s = tracker.see(l);
        if (s.discard) judge.baseline().discard_learnt("mail");
        if (s.learning) judge.learn(l);
        return s;
    };
    take(kernel(linux_marker, noon));
    take(line("evil", "I was always here", at(1s)));
    CHECK(judge.baseline().size() == 2);
    // Kernel lines of the boot itself may come late, but no later than the machine can have run.
    CHECK_FALSE(take(kernel("[  290.000000] eth0: link up", at(2s))).reason);
    const BootStep found_out = take(kernel("[19955416.516358] eth0: link down", at(1min)));
    CHECK(found_out.reason == LogReason::boot_forged);
    CHECK(forged(found_out) == "the kernel's clock goes on from before it");
    CHECK(found_out.discard);
    CHECK_FALSE(found_out.learning);
    CHECK(judge.baseline().size() == 0);
    CHECK(tracker.phase("mail") == BootPhase::idle);
}

TEST_CASE("boot: OpenBSD's begins with its copyright, a few lines before its version") {
    BootTracker tracker;
    REQUIRE(tracker.arm("mail", at(1h)));
    const auto bsd = [](std::string_view text) {
        LogLine l = kernel(text);
        l.program = "/bsd";
        return l;
    };
    CHECK_FALSE(tracker.see(bsd("Copyright (c) 1982, 1986, 1989, 1991, 1993")).began);
    tracker.see(bsd("\tThe Regents of the University of California.  All rights reserved."));
    tracker.see(bsd("Copyright (c) 1995-2023 OpenBSD. All rights reserved.  https://www.OpenBSD.org"));
    tracker.see(line("ntpd", "something else in between"));
    tracker.see(bsd(""));
    const BootStep s = tracker.see(bsd("OpenBSD 7.4 (GENERIC.MP) #1397: Tue Oct 10 09:02:37 MDT 2023"));
    CHECK(s.began);
    CHECK(s.learning);
    CHECK(forged(tracker.see(bsd("OpenBSD 7.4 (GENERIC.MP) #1397: again"))) != "");
}

TEST_CASE("boot: the next one is compared: missing, extra and moved lines, as a diff that a person can read") {
    BootTracker tracker;
    REQUIRE(tracker.accept("mail", play(tracker, boot(noon))));
    tracker.close(at(1h));

    play(tracker, boot(at(2h)));
    auto closed = tracker.close(at(3h));
    REQUIRE(closed.size() == 1);
    REQUIRE(closed.front().difference);
    CHECK(closed.front().difference->empty());

    play(tracker, boot(at(4h), {"[    0.100000] smpboot: one", "[    0.250000] usb: new disk", "[    0.300000] sda: three",
                                "[    0.400000] pci: two"}));
    closed = tracker.close(at(5h));
    REQUIRE(closed.front().difference);
    const BootDiff& d = *closed.front().difference;
    CHECK(d.missing.empty());
    REQUIRE(d.extra.size() == 1);
    CHECK(d.extra[0].text == "{clock} usb: new disk");
    REQUIRE(d.moved.size() == 1);
    CHECK(to_text(d) == "+ kernel: {clock} usb: new disk\n~ kernel: {clock} sda: three\n");
}

TEST_CASE("boot: of several accepted boots the nearest is compared, and their number is bounded") {
    BootTracker tracker({.boots = 2});
    REQUIRE(tracker.accept("mail", list({"a", "b", "c"})));
    REQUIRE(tracker.accept("mail", list({"a", "c", "b"})));
    CHECK_FALSE(tracker.accept("mail", list({"x"})));
    tracker.see(kernel(linux_marker, noon));
    for (const char* text : {"a", "c", "b", "d"}) tracker.record(kernel(text), text);
    const auto closed = tracker.close(at(2h));
    REQUIRE(closed.front().difference);
    CHECK(to_text(*closed.front().difference) == "+ kernel: d\n");
    tracker.forget_boots("mail");
    CHECK(tracker.accept("mail", list({"x"})));
}

TEST_CASE("boot: programs start side by side, so only the order of each one's own lines counts") {
    const BootList was{{"kernel", "1"}, {"kernel", "2"}, {"sshd", "1"}, {"sshd", "2"}, {"cron", "1"}};
    const BootList is{{"cron", "1"}, {"kernel", "1"}, {"sshd", "1"}, {"kernel", "2"}, {"sshd", "2"}};
    CHECK(diff(was, is).empty());
    const BootList moved{{"sshd", "2"}, {"kernel", "1"}, {"kernel", "2"}, {"sshd", "1"}, {"cron", "1"}};
    CHECK(diff(was, moved).moved.size() == 1);
}

TEST_CASE("boot: the fewest lines that explain another order are the ones that moved") {
    BootList was, is;
    for (int i = 0; i < 100; ++i) was.push_back({"kernel", std::to_string(i)});
    is = was;
    std::rotate(is.begin() + 10, is.begin() + 11, is.begin() + 91);  // line 10 to place 90
    const BootDiff d = diff(was, is);
    REQUIRE(d.moved.size() == 1);
    CHECK(d.moved[0].text == "10");
    std::reverse(is.begin(), is.end());
    CHECK(diff(was, is).moved.size() > 90);
    CHECK(diff({}, is).extra.size() == 100);
    CHECK(diff(was, {}).missing.size() == 100);
}

TEST_CASE("boot: each template stands once in the list, where it came first, and the list is bounded") {
    BootTracker tracker({.lines = 3});
    tracker.see(kernel(linux_marker, noon));
    for (const char* text : {"a", "b", "a", "c", "d", "d"}) tracker.record(kernel(text), text);
    const auto closed = tracker.close(at(2h));
    REQUIRE(closed.size() == 1);
    CHECK(closed.front().list == list({"a", "b", "c"}));
    CHECK(closed.front().overflow);
    tracker.record(kernel("x"), "x");  // not within a boot: nothing happens
    CHECK(tracker.row("mail")->current.empty());
}

TEST_CASE("boot: a host's state survives as a row, in the middle of a boot, too") {
    BootTracker before({.window = 10min});
    REQUIRE(before.arm("mail", at(1h)));
    REQUIRE(before.accept("mail", list({"a"})));
    REQUIRE(before.announce("firewall", at(1h)));
    play(before, boot(at(1min)));
    BootTracker after({.window = 10min});
    for (const BootRow& row : before.rows()) REQUIRE(after.restore(row));
    CHECK(after.rows() == before.rows());
    CHECK(after.phase("mail") == BootPhase::learning);
    // A line that is in the list already is not put there again.
    after.record(kernel("[    0.100000] smpboot: one"), "{clock} smpboot: one");
    CHECK(after.row("mail")->current == before.row("mail")->current);
    CHECK(after.see(line("x", "y", at(12min))).closed->learnt);
    BootRow huge = *before.row("mail");
    huge.current.assign(5'000, {"kernel", "x"});
    CHECK_FALSE(after.restore(huge));
}

TEST_CASE("boot: hosts are bounded, and a host that never boots costs nothing") {
    BootTracker tracker({.hosts = 1});
    for (int i = 0; i < 10; ++i) {
        LogLine l = line("x", "y");
        const std::string host = "h" + std::to_string(i);
        l.host = host;
        tracker.see(l);
    }
    CHECK(tracker.rows().empty());
    CHECK(tracker.see(kernel(linux_marker)).began);
    LogLine other = kernel(linux_marker);
    other.host = "other";
    CHECK_FALSE(tracker.see(other).began);
    CHECK_FALSE(tracker.arm("other", at(1h)));
}

TEST_CASE("boot: a boot while a person has armed the next one leaves it armed") {
    BootTracker tracker({.window = 10min});
    tracker.see(kernel(linux_marker, noon));
    REQUIRE(tracker.arm("mail", at(5h)));
    CHECK(tracker.phase("mail") == BootPhase::watching);
    tracker.close(at(1h));
    CHECK(tracker.phase("mail") == BootPhase::armed);
    CHECK(tracker.see(kernel(linux_marker, at(2h))).learning);
}
