// How many log lines a second are read, matched and judged on one core, beside imported logcheck rules on the same lines. Prints
// markdown. The lines are made up here: a mail host's day, in the proportions of one.
//
// logs_bench LINES_FILE [RULES_FOLDER]    LINES_FILE: written with the first 2,000 lines, for grep
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "collector/syslog/syslog_message.hpp"
#include "rules/logs/log_judge.hpp"

namespace {

using namespace sw;

constexpr std::size_t line_count = 200'000, grep_lines = 2'000, rounds = 5;
constexpr Timestamp noon{std::int64_t{1'795'348'800} * 1'000'000'000};

/// Processor time of this process, seconds.
double cpu() {
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
    return seconds(u.ru_utime) + seconds(u.ru_stime);
}

class Day {
public:
    /// With its date, host and program, as a syslog daemon writes it to a file.
    std::string line() { return fmt::format("Nov 22 {:02}:{:02}:{:02} mail {}", number(0, 23), number(0, 59), number(0, 59), message()); }

private:
    unsigned number(unsigned low, unsigned high) { return std::uniform_int_distribution<unsigned>(low, high)(random_); }
    std::string address() { return fmt::format("{}.{}.{}.{}", number(1, 223), number(0, 255), number(0, 255), number(1, 254)); }
    std::string queue_id() { return fmt::format("{:X}{:X}", number(0x100000, 0xffffff), number(0x1000, 0xffff)); }
    std::string user() { return std::array{"amy", "bob", "cal", "dee"}[number(0, 3)]; }

    std::string message() {
        const unsigned pid = number(300, 65'000), kind = number(0, 99);
        if (kind < 20) return fmt::format("postfix/smtpd[{}]: connect from mx{}.example.net[{}]", pid, number(1, 9), address());
        if (kind < 30)
            return fmt::format("postfix/smtpd[{}]: disconnect from unknown[{}] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5", pid,
                               address());
        if (kind < 40)
            return fmt::format("postfix/qmgr[{}]: {}: from=<{}@example.net>, size={}, nrcpt=1 (queue active)", pid, queue_id(), user(),
                               number(500, 99'999));
        if (kind < 50)
            return fmt::format(
                "postfix/smtp[{}]: {}: to=<{}@example.org>, relay=mx.example.org[{}]:25, delay={}.{}, delays=0.1/0/0.5/0.6, dsn=2.0.0, status=sent "
                "(250 2.0.0 Ok: queued as {})",
                pid, queue_id(), user(), address(), number(0, 9), number(0, 9), queue_id());
        if (kind < 58) return fmt::format("postfix/qmgr[{}]: {}: removed", pid, queue_id());
        if (kind < 66)
            return fmt::format("postfix/cleanup[{}]: {}: message-id=<{}.{}@example.net>", pid, queue_id(), number(1, 999'999),
                               number(1, 999'999));
        if (kind < 80)
            return fmt::format(
                "dovecot: imap-login: Login: user=<{}>, method=PLAIN, rip=192.0.2.129, lip=192.0.2.25, mpid={}, TLS, session=<{:X}a/B+{}>",
                user(), pid, number(0, 99'999), number(0, 9));
        if (kind < 88)
            return fmt::format(
                "sshd[{}]: Accepted publickey for {} from 192.0.2.130 port {} ssh2: ED25519 SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
                pid, user(), number(1'024, 65'535));
        if (kind < 92) return fmt::format("sshd[{}]: pam_unix(sshd:session): session opened for user {}(uid=1000) by (uid=0)", pid, user());
        if (kind < 95) return fmt::format("CRON[{}]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)", pid);
        if (kind < 98) return fmt::format("systemd[1]: session-{}.scope: Deactivated successfully.", number(1, 9'999));
        return fmt::format("kernel: [{:>5}.{:06}] device eth0 entered promiscuous mode", number(0, 99'999), number(0, 999'999));
    }

    std::mt19937 random_{22};
};

/// Microseconds of processor time a line, the median of rounds.
double measure(std::size_t lines, const std::function<void()>& work) {
    std::vector<double> seconds;
    for (std::size_t i = 0; i < rounds; ++i) {
        const double start = cpu();
        work();
        seconds.push_back(cpu() - start);
    }
    std::nth_element(seconds.begin(), seconds.begin() + rounds / 2, seconds.end());
    return seconds[rounds / 2] * 1e6 / static_cast<double>(lines);
}

void row(const char* what, double us) { fmt::print("| {} | {:.2f} | {:.2f} |\n", what, us, 1 / us); }

LogcheckImport read_rules(const std::string& folder) {
    std::vector<RuleFile> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (!is_logcheck_name(entry.path().filename().string())) continue;
        std::stringstream text;
        text << std::ifstream(entry.path()).rdbuf();
        files.push_back({entry.path().string(), text.str()});
    }
    return import_logcheck(files);
}

struct Lines {
    std::vector<std::string> texts;
    std::vector<LogLine> lines;
};

Lines make_lines() {
    Lines all;
    Day day;
    all.texts.reserve(line_count);
    for (std::size_t i = 0; i < line_count; ++i) all.texts.push_back(day.line());
    for (const std::string& text : all.texts) all.lines.push_back(to_log_line(parse_syslog(text, noon), "mail", noon));
    return all;
}

void bench_templates(const Lines& all) {
    LogJudge judge(std::move(*LogPolicy::make({}, {})), {}, {1});
    for (const LogLine& l : all.lines) judge.learn(l);
    judge.baseline().freeze("mail");
    std::size_t known = 0, octets = 0;
    for (const std::string& text : all.texts) octets += text.size();
    row("parse (RFC 3164)", measure(line_count, [&] {
            for (const std::string& text : all.texts) known += parse_syslog(text, noon).text.size() == 0;
        }));
    row("tokenise and match", measure(line_count, [&] {
            for (const LogLine& l : all.lines) known += judge.baseline().ask(l).fit == Baseline::Fit::known;
        }));
    row("parse and judge: black lines, executions, templates", measure(line_count, [&] {
            for (const std::string& text : all.texts)
                known += judge.judge(to_log_line(parse_syslog(text, noon), "mail", noon)).kind == LogVerdict::Kind::known;
        }));
    fmt::print(stderr, "{} lines of {} octets in the mean, {} templates; all known: {}\n", line_count, octets / line_count,
               judge.baseline().size(), known == 2 * rounds * line_count ? "yes" : "NO");
}

void bench_rules(const Lines& all, const std::string& folder) {
    const LogcheckImport rules = read_rules(folder);
    const auto policy = std::move(*LogPolicy::make({}, rules));
    std::size_t allowed = 0;
    const double us = measure(line_count, [&] {
        for (const LogLine& l : all.lines) allowed += policy->allowed(l) ? 1u : 0u;
    });
    row(fmt::format("{} imported logcheck rules alone", rules.rules.size()).c_str(), us);
    fmt::print(stderr, "logcheck's rules know {} of them\n", allowed / rounds);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        fmt::print(stderr, "usage: logs_bench LINES_FILE [RULES_FOLDER]\n");
        return 2;
    }
    const Lines all = make_lines();
    std::ofstream file(argv[1]);
    for (std::size_t i = 0; i < grep_lines; ++i) file << all.texts[i] << '\n';
    if (!file.flush()) {
        fmt::print(stderr, "logs_bench: cannot write {}\n", argv[1]);
        return 3;
    }
    fmt::print("| log lines, one core | us a line | million lines/s |\n|---|---|---|\n");
    bench_templates(all);
    if (argc > 2) bench_rules(all, argv[2]);
    return 0;
}
