#include "collector/cli/options_logs.hpp"

#include <CLI/CLI.hpp>

#include "collector/store/duration_word.hpp"

namespace sw {
namespace {

constexpr std::uint64_t most_lines = 1'000'000;

CLI::App* add_verb(CLI::App* noun, Options& o, const char* name, const char* what) {
    CLI::App* sub = noun->add_subcommand(name, what);
    sub->callback([&o, name = std::string(name)] { o.verb = name; });
    return sub;
}

std::string is_duration(const std::string& text) { return duration_from(text) ? "" : "so long: 90s, 30m, 2h, 7d or 2w"; }
std::string is_zone(const std::string& text) { return zone_from(text) ? "" : "an offset from UTC, as +01:00 or -0330"; }

void add_where(CLI::App* sub, Options& o) {
    sub->add_option("--host", o.logs.host, "of this host: its name in the policy, or its address")->type_name("HOST");
    sub->add_option("--program", o.logs.program, "of this program")->type_name("NAME");
}

void add_when(CLI::App* sub, Options& o, const char* what) {
    sub->add_option("--since", o.logs.since, std::string(what) + " not older than 15m, 1h, 7d, or a date and time")->type_name("TIME");
    sub->add_option("--until", o.logs.until, std::string(what) + " not newer")->type_name("TIME");
}

void add_limit(CLI::App* sub, Options& o, const char* what) {
    sub->add_option("--limit", o.logs.limit, what)->check(CLI::Range(std::uint64_t{1}, most_lines))->type_name("N");
}

void add_signature(CLI::App* sub, Options& o) {
    sub->add_option("-m,--message", o.queue.message, "why; stays on record")->type_name("REASON");
    sub->add_option("--as", o.queue.as, "sign with another name (root only)")->type_name("NAME");
}

void add_looking(CLI::App* noun, Options& o) {
    CLI::App* list = add_verb(noun, o, "list", "what hosts are known to say: templates, how often, since when");
    add_where(list, o);
    list->add_option("--state", o.logs.state, "learnt (waits for a person) or approved")->check(CLI::IsMember({"learnt", "approved"}));
    list->add_flag("--values", o.logs.values, "with the values that were seen in each hole");
    CLI::App* search = add_verb(noun, o, "search", "lines in the store that have all words, the newest last");
    search->add_option("WORD", o.logs.words, "words, or their beginnings");
    add_where(search, o);
    add_when(search, o, "received");
    search->add_option("--verdict", o.logs.verdict, "known, allowed, learnt, grey or black")
        ->check(CLI::IsMember({"known", "allowed", "learnt", "grey", "black"}));
    search->add_option("--finding", o.logs.finding, "lines that this finding counts")->type_name("ID");
    add_limit(search, o, "the newest so many (default 100)");
    CLI::App* rare = add_verb(noun, o, "rare", "what is said most seldom, and what most often");
    add_where(rare, o);
    add_limit(rare, o, "so many of each (default 20)");
}

void add_learning(CLI::App* noun, Options& o) {
    CLI::App* learn = add_verb(noun, o, "learn", "have a host's next boot learnt; or a stretch of time, or what the store has");
    learn->add_option("HOST", o.logs.host, "its name in the policy, or its address")->required();
    CLI::Option* now = learn->add_option("--for", o.logs.within, "everything that it says from now on, for so long")
                           ->check(is_duration)
                           ->type_name("DURATION");
    CLI::Option* stored = learn->add_flag("--stored", o.logs.stored, "lines that the store has")->excludes(now);
    add_when(learn, o, "with --stored: received");
    learn->get_option("--since")->needs(stored);
    learn->get_option("--until")->needs(stored);
    learn->add_flag("--stop", o.logs.stop, "no more than it has learnt so far")->excludes(now)->excludes(stored);
    CLI::App* freeze = add_verb(noun, o, "freeze", "what a host was learnt to say is all that it may say");
    freeze->add_option("HOST", o.logs.host, "its name in the policy, or its address")->required();
    add_signature(freeze, o);
    CLI::App* announce = add_verb(noun, o, "announce", "a host is about to boot: that is no finding");
    announce->add_option("HOST", o.logs.host, "its name in the policy, or its address")->required();
    announce->add_option("--within", o.logs.within, "so long (default 1h)")->check(is_duration)->type_name("DURATION");
}

void add_files(CLI::App* noun, Options& o) {
    CLI::App* test = add_verb(noun, o, "test", "how lines would be judged, and why; ends with 1 if one would be a finding");
    CLI::Option* files = test->add_option("FILE", o.logs.files, "files of lines ('-' is standard input)");
    test->add_option("--line", o.logs.line, "one line")->excludes(files)->type_name("LINE");
    test->add_option("--host", o.logs.host, "who says them (default: as they claim)")->type_name("HOST");
    CLI::App* import = add_verb(noun, o, "import", "what of logcheck's rule directories can be used; [log] import in a policy uses them");
    import->add_option("DIR", o.logs.files, "directories (default: those of the policy)");
    CLI::App* replay = add_verb(noun, o, "replay", "judge log files (plain, gzip, zstd; '-' is standard input)");
    replay->add_option("FILE", o.logs.files, "log files, in the order they were written")->required();
    replay->add_option("--host", o.logs.host, "who said them (default: as they claim)")->type_name("HOST");
    replay->add_option("--zone", o.logs.zone, "of stamps that name none (default +00:00)")->check(is_zone)->type_name("+HH:MM");
    replay->add_flag("--learn", o.logs.learn, "learn from them");
    replay->add_flag("--again", o.logs.again, "with --db: count files that the store has already once more");
    replay->add_flag("--no-progress", o.replay.no_progress, "no progress line on the terminal");
}

}  // namespace

void add_logs(CLI::App& app, Options& o) {
    CLI::App* noun = app.add_subcommand("logs", "log lines: what hosts are known to say, and what else they said");
    noun->require_subcommand(1);
    add_looking(noun, o);
    add_learning(noun, o);
    add_files(noun, o);
}

}  // namespace sw
