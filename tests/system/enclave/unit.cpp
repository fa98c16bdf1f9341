#include "tests/system/enclave/unit.hpp"

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/support/catch.hpp"

namespace sw::test {
namespace {

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) text.replace(at, what.size(), with);
    return text;
}

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

/// Installed programs are not there: those that were built are.
std::string program_of(const std::string& installed) {
    const std::string name = installed.substr(installed.rfind('/') + 1);
    static const std::map<std::string, std::string> built{{"span-sensor", SPAN_SENSOR},
                                                          {"span-collector", SPAN_COLLECTOR},
                                                          {"span-alarm", SPAN_ALARM},
                                                          {"span-watcher-interface", SPAN_SOURCE_DIR "/systemd/span-watcher-interface"}};
    const auto found = built.find(name);
    return found == built.end() ? installed : found->second;
}

std::vector<std::string> command_of(const std::string& line, const std::map<std::string, std::string>& variables) {
    std::vector<std::string> words;
    for (const std::string& word : words_of(line)) {
        const auto variable = word.starts_with("$") ? variables.find(word.substr(1)) : variables.end();
        if (variable == variables.end())
            words.push_back(word);
        else
            for (const std::string& w : words_of(variable->second)) words.push_back(w);
    }
    words.front() = program_of(words.front());
    return words;
}

}  // namespace

Unit read_unit(const std::string& name, const std::string& instance) {
    std::ifstream file(SPAN_UNITS "/" + name + ".service");
    REQUIRE(file);
    Unit unit;
    std::map<std::string, std::string> variables;
    for (std::string line; std::getline(file, line);) {
        const std::size_t equals = line.find('=');
        if (equals == std::string::npos || line.starts_with("#")) continue;
        const std::string key = line.substr(0, equals);
        std::string value = replaced(line.substr(equals + 1), "%i", instance);
        if (key == "Environment") {
            value = replaced(value, "\"", "");
            variables[value.substr(0, value.find('='))] = value.substr(value.find('=') + 1);
        }
        if (key == "ExecStart") unit.starts.push_back(command_of(value, variables));
        if (key == "User") unit.user = value;
        if (key == "AmbientCapabilities") unit.packets = value == "CAP_NET_RAW";
        if (key == "UMask") unit.umask = static_cast<mode_t>(std::strtoul(value.c_str(), nullptr, 8));
        if (key == "NetworkNamespacePath") unit.network = value;
        if (key == "BindReadOnlyPaths") {
            unit.shown = value.substr(0, value.find(':'));
            unit.shown_as = value.substr(value.find(':') + 1);
        }
    }
    REQUIRE_FALSE(unit.starts.empty());
    return unit;
}

}  // namespace sw::test
