#pragma once
/// How far each journal was rung, and which conditions stand: replaced as a whole, so that a restart goes on where it was.
#include <map>
#include <string>

#include "rules/base/result.hpp"
#include "rules/base/unique_fd.hpp"
#include "sensor/journal/alarm_journal.hpp"

namespace sw {

/// Of one journal.
struct Place {
    std::string journal;  ///< its id; "" where it was never seen
    AlarmPosition position;
    std::string standing = "-";  ///< Liveness::standing()
    bool operator==(const Place&) const = default;
};

/// By folder as named on the command line.
using Places = std::map<std::string, Place>;

class PlaceFile {
public:
    /// "places" in the folder. errors: no such folder, or the file is not what save() writes (code environment)
    static Result<PlaceFile> open(const std::string& folder);

    const Places& places() const { return places_; }
    /// Nothing is written where nothing changed. errors: the disk is full or broken: the file is as it was
    Result<Done> save(const Places& places);

private:
    explicit PlaceFile(UniqueFd folder) : folder_(std::move(folder)) {}

    UniqueFd folder_;
    Places places_;
};

}  // namespace sw
