#pragma once
/// The greylist queue: reading it, deciding on it, and the record of all decisions.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "collector/store/match.hpp"
#include "collector/store/store.hpp"
#include "rules/packet/address.hpp"
#include "rules/packet/datalink.hpp"
#include "rules/packet/encapsulation.hpp"
#include "rules/packet/reason.hpp"
#include "sensor/capture/frame.hpp"

namespace sw {

enum class QueueState : std::uint8_t { open, taken, escalated, allowed, dismissed };
std::string_view to_string(QueueState s);
std::optional<QueueState> queue_state_from(std::string_view word);

/// One row of the queue, as stored. Texts are safe to show (they were escaped, or our own words) except where said.
struct QueuedFinding {
    std::int64_t id = 0;
    QueueState state = QueueState::open;
    std::string analyst;
    std::int64_t version = 0;
    Severity severity = Severity::high;
    bool black = false, folded = false;
    bool is_log = false;             ///< of log lines: initiator is who sent them, samples are lines
    ReasonSet reasons;               ///< of packets
    std::vector<std::string> slugs;  ///< all reasons by name, those of lines too
    std::string shape;               ///< what makes it this finding: JSON
    std::string sentence, detail, direction, proto, nearest, rule, policy_sha256;
    std::vector<std::string> why;
    Address initiator, responder;  ///< family 0: none, or many
    std::optional<std::uint16_t> port;
    std::uint64_t count = 0, octets = 0, samples = 0, samples_dropped = 0;
    Timestamp first, last;
};

struct Sample {
    std::int64_t ordinal = 0;  ///< the how-manieth packet of its finding; 0, -1 ...: of its conversation, so many before the first
    Timestamp ts;
    std::uint32_t len = 0;
    Datalink link;
    std::string verdict, comment, source, policy_sha256;
    std::uint64_t number = 0;
    ReasonSet reasons;
    bool is_log = false;
    std::vector<std::uint8_t> octets;  ///< hostile
    Wrapping wrapping;                 ///< what a mirror put around the frame that was judged
    Datalink inner_link;               ///< of that frame
};

/// The frame that was judged: without what a mirror put around it. It borrows the sample, or storage.
Frame judged_frame(const Sample& sample, std::vector<std::uint8_t>& storage);

struct Review {
    std::int64_t id = 0;
    Timestamp at;
    std::string analyst, verb;  ///< analyst and reason are what people typed: escape before showing
    std::int64_t finding = 0;
    QueueState was = QueueState::open, becomes = QueueState::open;
    std::string was_analyst, becomes_analyst;
    std::int64_t version = 0;
    std::uint64_t count = 0;
    std::string reason;
    std::optional<std::int64_t> undo_of;
    std::string detail;  ///< JSON
    std::string hash;    ///< hex
};

enum class QueueOrder : std::uint8_t { priority, last, first, count, id };  ///< priority: severity, then newest cause

struct QueuePage {
    std::vector<MatchTerm> match;
    QueueOrder order = QueueOrder::priority;
    std::uint64_t limit = 50, offset = 0;
};

enum class QueueVerb : std::uint8_t { take, allow, dismiss, escalate, reopen, note };
std::string_view to_string(QueueVerb v);

struct Decision {
    QueueVerb verb = QueueVerb::dismiss;
    std::string analyst, reason;
    std::optional<std::int64_t> if_version;  ///< what the analyst saw; another version now: refused
    std::string detail = "{}";
    /// Called when all is written and nothing committed yet; its error takes everything back.
    std::function<Result<Done>()> before_commit = {};
};

class Queue {
public:
    explicit Queue(Store& store) : store_(&store) {}

    Result<std::vector<QueuedFinding>> list(const QueuePage& page, Timestamp now);
    Result<std::uint64_t> number(const std::vector<MatchTerm>& match, Timestamp now);
    struct Totals {
        std::uint64_t all = 0;
        std::uint64_t pending = 0;  ///< open, taken or escalated
    };
    /// number(), and how many of them wait for a person, in one go.
    Result<Totals> totals(const std::vector<MatchTerm>& match, Timestamp now);
    Result<QueuedFinding> get(std::int64_t id);  ///< errors: no such finding
    Result<std::vector<Sample>> samples(std::int64_t id, std::uint64_t limit);
    /// What was kept of the conversation that the finding began with from before it was one: allowed when it came, oldest first.
    Result<std::vector<Sample>> earlier(std::int64_t id);
    struct Count {
        Timestamp start;
        std::uint64_t packets = 0, octets = 0;
    };
    Result<std::vector<Count>> counts(std::int64_t id);
    /// Others that name one of its addresses, in any part; the newest causes.
    Result<std::vector<QueuedFinding>> of_same_addresses(const QueuedFinding& f, std::uint64_t limit);

    /// Decide on all of ids in one transaction: all or none. take: an open one. allow (never a blacklisted one), dismiss, escalate:
    /// an open one, or one that the analyst took. reopen: any but an open one. note: any; its state stays.
    /// errors: (code input) a finding that is not there; a state the verb does not fit, with who decided what, when and why; taken by
    ///         somebody else; if_version differs: what happened since; no reason where one is due
    Result<std::vector<Review>> decide(const std::vector<std::int64_t>& ids, const Decision& decision);
    /// All findings that match, if their number is expect; else nothing, and the error says how many there are.
    Result<std::vector<Review>> decide_matching(const std::vector<MatchTerm>& match, std::uint64_t expect, const Decision& decision,
                                                Timestamp now);
    /// Take back a decision: the finding is again what it was before. review 0: the analyst's last decision that still stands,
    /// so that one undo after the other walks back. Undoing an undo by its number does again what it took back. reason: may be ""
    /// errors: nothing to undo; taken back already; the finding was decided again since (says by whom): undo that first
    Result<Review> undo(std::int64_t review, const std::string& analyst, const std::string& reason);

    /// The newest so many, oldest of them first.
    Result<std::vector<Review>> history(std::optional<std::int64_t> finding, std::uint64_t limit);
    struct Verified {
        std::uint64_t rows = 0;
        std::string head;                 ///< hex of the last hash
        std::vector<std::string> faults;  ///< empty: the chain is whole and every finding's state follows from it
    };
    /// must_contain: a head noted earlier, or ""
    Result<Verified> verify(const std::string& must_contain);

private:
    Store* store_;
};

}  // namespace sw
