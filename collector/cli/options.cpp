#include "collector/cli/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr double most_grace = 86400;

/// "a,b" or repeated: anomalies by slug.
void read_ignore(const std::vector<std::string>& words, ReasonSet& ignore) {
    for (const std::string& slug : words) {
        const auto reason = reason_from_slug(slug);
        if (reason == Reason::fragment)
            throw CLI::ValidationError("--ignore", "fragments stay grey until they are reassembled: fragment cannot be ignored");
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

struct Raw {
    std::vector<std::string> ignore;
    std::string mode, packets, colour;
};

void add_replay(CLI::App& app, Options& o, Raw& raw) {
    CLI::App* replay = app.add_subcommand("replay", "judge capture files (pcap, pcapng, gzip, zstd; '-' is standard input)");
    replay->add_option("FILE", o.replay.files, "capture files, in the order they were written")->required();
    replay->add_option("--mode", raw.mode, "flow, packet or tcpdump; instead of the policy's mode")
        ->check(CLI::IsMember({"flow", "packet", "tcpdump"}));
    replay->add_option("--packets", raw.packets, "list packets: grey, all or none (default none)")
        ->check(CLI::IsMember({"grey", "all", "none"}));
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

/// CLI11 says only that a subcommand is missing: name the word that is none. "" if the noun is known or missing.
std::string unknown_noun(const std::vector<std::string>& words) {
    const std::vector<std::string_view> nouns = {"replay", "rules"};
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--policy" || words[i] == "--color") {
            ++i;  // its value
            continue;
        }
        if (words[i].starts_with('-')) continue;
        if (std::find(nouns.begin(), nouns.end(), words[i]) != nouns.end()) return {};
        const std::string_view near = nearest_word(words[i], nouns);
        return fmt::format("unknown noun '{}'{}", escape_for_display(words[i]),
                           near.empty() ? "" : fmt::format(", did you mean '{}'?", near));
    }
    return {};
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
    app.add_option("--color", raw.colour, "auto, always or never (default auto)")->check(CLI::IsMember({"auto", "always", "never"}));
    app.add_flag("--unconfined", o.unconfined, "for debugging only: keep all powers of the caller; the output says so");
    add_replay(app, o, raw);
    add_rules(app, o);
    for (CLI::App* sub : app.get_subcommands([](CLI::App*) { return true; })) sub->fallthrough();
    try {
        app.parse(argc, argv);
        read_ignore(raw.ignore, o.replay.ignore);
    } catch (const CLI::ParseError& e) {
        // CLI11 has exit codes of its own; ours are two: asked for help, or wrong.
        const bool asked = e.get_exit_code() == 0;
        const std::string noun = asked ? "" : unknown_noun({argv + 1, argv + argc});
        if (asked)
            app.exit(e);
        else
            std::cerr << "span-watcher: " << (noun.empty() ? escape_for_display(e.what()) : noun) << "\nTry 'span-watcher --help'.\n";
        return {std::nullopt, asked ? ExitCode::clean : ExitCode::input};
    }
    if (!raw.mode.empty()) o.replay.mode = mode_from(raw.mode);
    o.replay.packets = raw.packets == "all" ? Listing::all : raw.packets == "grey" ? Listing::grey : Listing::none;
    o.colour = raw.colour == "always" ? Colour::always : raw.colour == "never" ? Colour::never : Colour::automatic;
    o.noun = app.get_subcommands().front()->get_name();
    return {o, ExitCode::clean};
}

}  // namespace sw
