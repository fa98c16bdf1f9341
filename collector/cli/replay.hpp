#pragma once
/// span-watcher replay: judge capture files and report.
#include <memory>
#include <string>
#include <vector>

#include "collector/cli/console.hpp"
#include "collector/cli/options.hpp"
#include "sensor/engine.hpp"
#include "sensor/findings/verdict_comment.hpp"

namespace sw {

struct FileResult {
    std::string name;
    std::uint64_t frames = 0;
    std::string datalink;  ///< names, joined by a comma; "" if no frame and no header told
    std::string error;     ///< "" if it was read to its end
};

struct ReplayResult {
    const Engine* engine = nullptr;
    Mode mode = Mode::flow;
    std::vector<FileResult> files;
    double seconds = 0;
    bool unconfined = false;
    bool interrupted = false;
};

/// How a replay is told: text for people and JSON Lines stand side by side, so that neither has a field the other lacks.
class ReplayReport {
public:
    virtual ~ReplayReport() = default;
    /// The line about one frame; print() puts it out, in the order of the frames.
    virtual std::string packet(const std::string& file, const Frame& frame, const Judgement& judgement, Engine& engine) = 0;
    virtual void print(const std::string& packet_line) = 0;
    virtual void finish(const ReplayResult& result) = 0;
};
std::unique_ptr<ReplayReport> text_report(Output& out);
std::unique_ptr<ReplayReport> json_report(Output& out);
std::unique_ptr<ReplayReport> eve_report(Output& out);

int replay(const Options& options);

}  // namespace sw
