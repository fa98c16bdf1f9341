#include "collector/cli/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>

#include "collector/cli/options_logs.hpp"
#include "collector/store/match.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr double most_grace = 86400;
constexpr std::uint64_t most_a_page = 1'000'000;

/// For --head: as much of a hash as tells it from others.
std::string is_hash(const std::string& text) {
    const bool hex = text.find_first_not_of("0123456789abcdef") == std::string::npos;
    return hex && text.size() >= 8 && text.size() <= 64 ? "" : "a hash is 8 to 64 hexadecimal digits";
}

/// "a,b" or repeated: anomalies by slug.
void read_ignore(const std::vector<std::string>& words, ReasonSet& ignore) {
    for (const std::string& slug : words) {
        const auto reason = reason_from_slug(slug);
        if (reason && fragment_anomalies().has(*reason))
            throw CLI::ValidationError("--ignore", "no fragment is waved through: a rule that wants fragments put together accepts them");
        if (reason && info(*reason).kind == ReasonKind::anomaly) {
            ignore.add(*reason);
            continue;
        }
        if (reason)
            throw CLI::ValidationError("--ignore",
                                       slug + " is a verdict on the conversation, not an anomaly of the frame: it cannot be ignored");
        std::vector<std::string_view> known;
        for (std::size_t i = 0; i < reason_count; ++i)
            if (const ReasonInfo& r = info(static_cast<Reason>(i)); r.kind == ReasonKind::anomaly) known.push_back(r.slug);
        const std::string_view near = nearest_word(slug, known);
        throw CLI::ValidationError("--ignore",
                                   fmt::format("unknown anomaly '{}'{}; span-watcher-policy(5) lists them", escape_for_display(slug),
                                               near.empty() ? "" : fmt::format(", did you mean '{}'?", near)));
    }
}

/// Options as typed, before they become one of Options'.
struct Raw {
    std::vector<std::string> ignore;
    std::string mode, packets, colour;
    /// list's filters, each a key of the match language
    std::map<std::string, std::vector<std::string>> filters;
    std::vector<std::string> match;
};

void add_replay(CLI::App& app, Options& o, Raw& raw) {
    CLI::App* replay = app.add_subcommand("replay", "judge capture files (pcap, pcapng, gzip, zstd; '-' is standard input)");
    replay->add_option("FILE", o.replay.files, "capture files, in the order they were written")->required();
    replay->add_option("--mode", raw.mode, "flow, packet or tcpdump; instead of the policy's mode")
        ->check(CLI::IsMember({"flow", "packet", "tcpdump"}));
    replay->add_option("--packets", raw.packets, "list packets: grey, all or none (default none)")
        ->check(CLI::IsMember({"grey", "all", "none"}));
    replay->add_flag("--eve", o.replay.eve, "EVE JSON on standard output: one alert for each packet that is not allowed")
        ->excludes("--packets")
        ->excludes(app.get_option("--json"));
    replay
        ->add_option("--write", o.replay.write,
                     "write the greylisted packets (--packets all: every packet) with their verdicts as comments")
        ->type_name("OUT.pcapng");
    replay->add_option("--ignore", raw.ignore, "anomalies to wave through, by name, besides the policy's")
        ->delimiter(',')
        ->type_name("ANOMALY,...");
    replay->add_option("--grace", o.replay.grace, "accept conversations mid-stream for so long after the first frame (default 0)")
        ->check(CLI::Range(0.0, most_grace))
        ->type_name("SECONDS");
    replay->add_flag("--no-progress", o.replay.no_progress, "no progress line on the terminal");
    replay->add_flag("--again", o.replay.again, "with --db: count captures that the store has already once more");
}

void add_rules(CLI::App& app, Options& o) {
    CLI::App* rules = app.add_subcommand("rules", "policy files");
    rules->require_subcommand(1);
    for (const auto& [verb, what] : {std::pair{"check", "say everything that is wrong or doubtful with a policy"},
                                     std::pair{"show", "print a policy in canonical form"}}) {
        CLI::App* sub = rules->add_subcommand(verb, what);
        sub->add_option("FILE", o.policy_files, "policy files (default: the one of --policy)");
        sub->callback([&o, name = std::string(verb)] { o.verb = name; });
    }
}

/// A verb of a noun.
CLI::App* add_verb(CLI::App* noun, Options& o, const char* name, const char* what) {
    CLI::App* sub = noun->add_subcommand(name, what);
    sub->callback([&o, name = std::string(name)] { o.verb = name; });
    return sub;
}

void add_filters(CLI::App* list, Raw& raw) {
    struct Filter {
        const char *option, *key, *type, *what;
    };
    for (const Filter& f :
         {Filter{"--state", "state", "STATE", "open, taken, escalated, allowed or dismissed (default: the first three)"},
          Filter{"--severity", "severity", "SEVERITY", "notice, high or critical"},
          Filter{"--address", "host", "ADDRESS", "initiator or responder: an address or a prefix"},
          Filter{"--port", "port", "PORT", "the responder's port"}, Filter{"--rule", "rule", "NAME", "the forbid rule or the nearest one"},
          Filter{"--reason", "reason", "REASON", "a reason by name, as no-rule"},
          Filter{"--since", "since", "TIME", "packets not older than 15m, 1h, 7d, or a date and time"},
          Filter{"--text", "text", "TEXT", "text in the sentence or in a packet's comment"}})
        list->add_option(f.option, raw.filters[f.key], f.what)->type_name(f.type)->expected(1)->take_all();
}

void add_match(CLI::App* sub, Raw& raw) {
    sub->add_option("--match", raw.match, "findings by an expression, as 'state:open src:192.0.2.0/24 since:1h -port:53 scan'")
        ->type_name("EXPR")
        ->expected(1);
}

void add_list(CLI::App* queue, Options& o, Raw& raw) {
    CLI::App* list = add_verb(queue, o, "list", "what waits for a person; ends with 1 if anything does");
    add_filters(list, raw);
    add_match(list, raw);
    list->add_option("--sort", o.queue.sort, "priority, last, first, count or id (default priority)")
        ->check(CLI::IsMember({"priority", "last", "first", "count", "id"}));
    list->add_option("--limit", o.queue.limit, "so many a page (default 50)")
        ->check(CLI::Range(std::uint64_t{1}, most_a_page))
        ->type_name("N");
    list->add_option("--page", o.queue.page, "the how-manieth page (default 1)")
        ->check(CLI::Range(std::uint64_t{1}, most_a_page))
        ->type_name("N");
}

/// The filters and --match as one expression.
std::string match_of(const Raw& raw) {
    std::vector<std::string> words = raw.match;
    for (const auto& [key, values] : raw.filters)
        for (const std::string& value : values) words.push_back(match_word(key, value));
    return fmt::format("{}", fmt::join(words, " "));
}

void add_show(CLI::App* queue, Options& o) {
    CLI::App* show = add_verb(queue, o, "show", "a finding with all that is known of it");
    show->add_option("ID", o.queue.ids, "findings by number")->required();
    show->add_option("--samples", o.queue.samples, "so many packets (default 16)")->type_name("N");
    show->add_flag("--no-hex{false}", o.queue.hex, "no hex dump of the packets");
    show->add_flag("--no-dissect{false}", o.queue.dissect, "no dissection of the packets");
}

/// Numbers, or a match and how many it must be.
void add_which(CLI::App* sub, Options& o, Raw& raw) {
    CLI::Option* ids = sub->add_option("ID", o.queue.ids, "findings by number");
    add_match(sub, raw);
    sub->add_option("--expect", o.queue.expect, "with --match: so many findings, or nothing is done")->type_name("N");
    sub->get_option("--match")->needs("--expect")->excludes(ids);
    sub->get_option("--expect")->needs("--match");
}

void add_signature(CLI::App* sub, Options& o, const char* reason) {
    sub->add_option("-m,--message", o.queue.message, reason)->type_name("REASON");
    sub->add_option("--as", o.queue.as, "sign with another name (root only)")->type_name("NAME");
}

void add_decisions(CLI::App* queue, Options& o, Raw& raw) {
    for (const auto& [verb, what] :
         {std::pair{"take", "take findings to yourself"}, std::pair{"allow", "propose the narrowest rule for a finding, and write it"},
          std::pair{"dismiss", "settle findings: known and harmless"},
          std::pair{"escalate", "hand findings on: they need more than this queue"},
          std::pair{"reopen", "put findings back into the queue"}, std::pair{"note", "add to the record of findings"}}) {
        CLI::App* sub = add_verb(queue, o, verb, what);
        if (sub->get_name() == "allow")
            sub->add_option("ID", o.queue.ids, "the finding, by its number")->required()->expected(1);
        else
            add_which(sub, o, raw);
        add_signature(sub, o, "why; stays on record");
        sub->add_option("--if-version", o.queue.if_version, "only if nothing was decided since this version")->type_name("N");
        if (sub->get_name() != "allow") continue;
        sub->add_option("--write", o.queue.write, "write the rule into this policy file")->type_name("POLICY");
        sub->add_flag("--add", o.queue.add, "of log lines: add the value, the line or the boot to what is known")->excludes("--write");
        sub->add_option("--owner", o.queue.owner, "who answers for the rule (default: you)")->type_name("NAME");
        sub->add_option("--until", o.queue.until, "the day from whose start (UTC) the rule is void (default: 90 days from now)")
            ->type_name("YYYY-MM-DD");
    }
}

void add_queue(CLI::App& app, Options& o, Raw& raw) {
    CLI::App* queue = app.add_subcommand("queue", "the greylist queue: what was seen and not allowed, waiting for a person");
    queue->require_subcommand(1);
    add_list(queue, o, raw);
    add_show(queue, o);
    add_decisions(queue, o, raw);
    CLI::App* undo = add_verb(queue, o, "undo", "take back your last decision that stands, or the review named");
    undo->add_option("REVIEW", o.queue.review, "a decision by its number in history")->check(CLI::PositiveNumber);
    add_signature(undo, o, "why");
    CLI::App* history = add_verb(queue, o, "history", "the record of decisions");
    history->add_option("ID", o.queue.ids, "of one finding")->expected(0, 1);
    history->add_option("--limit", o.queue.limit, "the newest so many (default 50)")
        ->check(CLI::Range(std::uint64_t{1}, most_a_page))
        ->type_name("N");
    CLI::Option* verify = history->add_flag("--verify", o.queue.verify, "check the whole record; ends with 4 if it was tampered with");
    history->add_option("--head", o.queue.head, "with --verify: a hash noted earlier that the record must contain")
        ->needs(verify)
        ->check(is_hash)
        ->type_name("HASH");
}

void add_export(CLI::App& app, Options& o, Raw& raw) {
    CLI::App* noun = app.add_subcommand("export", "evidence out of the store, in formats that other tools read");
    noun->require_subcommand(1);
    for (const auto& [verb, what] : {std::pair{"pcapng", "the packets of findings, for Wireshark"},
                                     std::pair{"eve", "one EVE JSON line a packet, in Suricata's field names"}}) {
        CLI::App* sub = add_verb(noun, o, verb, what);
        CLI::Option* ids = sub->add_option("ID", o.queue.ids, "findings by number");
        add_match(sub, raw);
        sub->get_option("--match")->excludes(ids);
        sub->add_option("-o,--output", o.queue.output, "file (default '-': standard output)")->type_name("FILE");
    }
}

void add_alarm(CLI::App& app, Options& o) {
    CLI::App* noun = app.add_subcommand("alarm", "what rang, and who has seen it");
    noun->require_subcommand(1);
    CLI::App* list = add_verb(noun, o, "list", "alarms, the newest last; ends with 1 if one is not acknowledged");
    list->add_option("--since", o.alarm.since, "not older than 15m, 1h, 7d, or a date and time")->type_name("TIME");
    list->add_option("--severity", o.alarm.severity, "notice, high or critical")->check(CLI::IsMember({"notice", "high", "critical"}));
    list->add_option("--limit", o.alarm.limit, "the newest so many (default 50)")
        ->check(CLI::Range(std::uint64_t{1}, most_a_page))
        ->type_name("N");
    CLI::App* show = add_verb(noun, o, "show", "an alarm with all that is known of it");
    show->add_option("ID", o.alarm.ids, "alarms by id")->required();
    CLI::App* ack = add_verb(noun, o, "ack", "record that you have seen alarms; puts LEDs out");
    CLI::Option* ids = ack->add_option("ID", o.alarm.ids, "alarms by id");
    ack->add_flag("--all", o.alarm.all, "all that nobody has acknowledged")->excludes(ids);
    add_signature(ack, o, "a remark; stays on record");
    for (CLI::App* sub : {list, show, ack})
        sub->add_option("--journal", o.alarm.journals, "an alarm journal's folder, may be repeated (default: those of the daemons)")
            ->type_name("FOLDER")
            ->expected(1)
            ->take_all();
}

void add_ledger(CLI::App& app, Options& o) {
    CLI::App* noun = app.add_subcommand("ledger", "who used a service that the policy wants account of, from when to when");
    noun->require_subcommand(1);
    CLI::App* list = add_verb(noun, o, "list", "sessions, the newest last");
    const auto add = [&](const char* name, std::vector<std::string>& values, const char* what, const char* type) {
        list->add_option(name, values, what)->type_name(type)->expected(1)->take_all();
    };
    add("--rule", o.ledger.rules, "of this rule; may be repeated", "NAME");
    add("--address", o.ledger.addresses, "an end within this address or prefix; may be repeated", "ADDRESS");
    list->add_option("--since", o.ledger.since, "not over before 15m, 1h, 7d ago, or a date and time")->type_name("TIME");
    list->add_option("--until", o.ledger.until, "opened not after")->type_name("TIME");
    list->add_flag("--live", o.ledger.live, "those that go on");
    list->add_option("--limit", o.ledger.limit, "the newest so many (default 50)")
        ->check(CLI::Range(std::uint64_t{1}, most_a_page))
        ->type_name("N");
}

/// A name of an interface becomes a part of paths.
std::string is_interface(const std::string& text) {
    const bool plain = text.find('/') == std::string::npos && !text.starts_with('.');
    return plain && !text.empty() && text.size() <= 15 ? "" : "the name of an interface has 1 to 15 characters, no '/', no leading '.'";
}

void add_folders(CLI::App* sub, const char* name, std::vector<std::string>& folders, const char* what) {
    sub->add_option(name, folders, what)->type_name("FOLDER")->expected(1)->take_all();
}

void add_health(CLI::App& app, Options& o) {
    CLI::App* status = app.add_subcommand("status", "is the store healthy, how long is the queue and how old, who writes");
    CLI::App* doctor = app.add_subcommand("doctor", "is this appliance set up as it must be, and if not, what mends it");
    doctor->add_option("--interface", o.doctor.interface, "the sensor's interface (default: those that are prepared for one)")
        ->check(is_interface)
        ->type_name("IF");
    add_folders(doctor, "--spool", o.doctor.spools, "a sensor's spool, may be repeated (default: those of the daemons)");
    for (CLI::App* sub : {status, doctor})
        add_folders(sub, "--alarms", o.alarm.journals, "an alarm journal's folder, may be repeated (default: those of the daemons)");
}

/// The words that are neither options nor values of the options before the noun.
std::vector<std::string> plain_words(const std::vector<std::string>& words) {
    std::vector<std::string> plain;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool takes_value = words[i] == "--policy" || words[i] == "--color" || words[i] == "--db";
        if (takes_value)
            ++i;
        else if (!words[i].starts_with('-'))
            plain.push_back(words[i]);
    }
    return plain;
}

/// "" if the word is one of the known ones.
std::string unknown_word(const std::string& kind, const std::string& word, const std::string& of,
                         const std::vector<std::string_view>& known) {
    if (std::find(known.begin(), known.end(), word) != known.end()) return {};
    const std::string_view near = nearest_word(word, known);
    return fmt::format("unknown {} '{}'{}{}", kind, escape_for_display(word), of,
                       near.empty() ? "" : fmt::format(", did you mean '{}'?", near));
}

/// CLI11 says only that a subcommand is missing: name the word that is none, or those there are. "" if noun and verb are known,
/// or nothing was said.
std::string unknown_noun_or_verb(const CLI::App& app, const std::vector<std::string>& words) {
    const auto names_of = [](const CLI::App& of) {
        std::vector<std::string_view> names;
        for (const CLI::App* sub : of.get_subcommands([](const CLI::App*) { return true; })) names.push_back(sub->get_name());
        return names;
    };
    const std::vector<std::string> plain = plain_words(words);
    if (plain.empty()) return {};
    if (std::string noun = unknown_word("noun", plain[0], "", names_of(app)); !noun.empty()) return noun;
    const std::vector<std::string_view> verbs = names_of(*app.get_subcommand(plain[0]));
    if (verbs.empty()) return {};
    if (plain.size() == 1) return fmt::format("{} needs a verb: {}", plain[0], fmt::join(verbs, ", "));
    return unknown_word("verb", plain[1], " of " + plain[0], verbs);
}

}  // namespace

ParsedOptions parse_options(int argc, char** argv) {
    Options o;
    Raw raw;
    CLI::App app{"span-watcher: judge traffic against a whitelist, explain everything else, never send a frame", "span-watcher"};
    app.set_version_flag("--version", std::string("span-watcher ") + SPAN_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.add_flag("--json", o.json, "JSON Lines on standard output");
    app.add_option("--policy", o.policy, "policy file")->capture_default_str()->type_name("FILE");
    app.add_option("--db", o.db, "the store (default " + std::string(default_store) + "; replay keeps nothing without it)")
        ->type_name("FILE");
    app.add_option("--color", raw.colour, "auto, always or never (default auto)")->check(CLI::IsMember({"auto", "always", "never"}));
    app.add_flag("--unconfined", o.unconfined, "for debugging only: keep all powers of the caller; the output says so");
    add_replay(app, o, raw);
    add_rules(app, o);
    add_queue(app, o, raw);
    add_export(app, o, raw);
    add_logs(app, o);
    add_alarm(app, o);
    add_ledger(app, o);
    add_health(app, o);
    for (CLI::App* sub : app.get_subcommands([](CLI::App*) { return true; })) sub->fallthrough();
    try {
        app.parse(argc, argv);
        read_ignore(raw.ignore, o.replay.ignore);
    } catch (const CLI::ParseError& e) {
        // CLI11 has exit codes of its own; ours are two: asked for help, or wrong.
        const bool asked = e.get_exit_code() == 0;
        const std::string unknown = asked ? "" : unknown_noun_or_verb(app, {argv + 1, argv + argc});
        if (asked)
            app.exit(e);
        else
            std::cerr << "span-watcher: " << (unknown.empty() ? escape_for_display(e.what()) : unknown) << "\nTry 'span-watcher --help'.\n";
        return {std::nullopt, asked ? ExitCode::clean : ExitCode::input};
    }
    o.queue.match = match_of(raw);
    if (!raw.mode.empty()) o.replay.mode = mode_from(raw.mode);
    o.replay.packets = raw.packets == "all" ? Listing::all : raw.packets == "grey" ? Listing::grey : Listing::none;
    if (o.replay.eve) o.replay.packets = Listing::grey;
    o.colour = raw.colour == "always" ? Colour::always : raw.colour == "never" ? Colour::never : Colour::automatic;
    o.noun = app.get_subcommands().front()->get_name();
    return {o, ExitCode::clean};
}

}  // namespace sw
