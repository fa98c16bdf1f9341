#pragma once
/// A folder whose store holds what "replay --db" made of a grey and a black capture: finding 1 is grey (port 465), 2 is black.
#include <string>
#include <vector>

#include "collector/store/store.hpp"
#include "tests/cli/fixture.hpp"

namespace sw::cli {

class QueueDesk : public Desk {
public:
    QueueDesk();

    /// span-watcher --db store.db WORDS...
    Ended watch(std::vector<std::string> words, const Setup& setup = {}) const;
    /// The same with --json, taken apart.
    std::vector<Json> json(std::vector<std::string> words) const;
    /// Change the store behind the program's back.
    void sql(const std::string& text) const;
};

/// Is every octet one that may be shown: printable, line feed, or part of valid UTF-8 that no terminal obeys?
bool is_clean(const std::string& text);

}  // namespace sw::cli
