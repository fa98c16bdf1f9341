#pragma once
/// Two witnesses of one event, compared: what a host's log says, and what the sensor saw. A login that nobody saw on the wire, a
/// conversation that left no line, a packet that a firewall dropped and that passed all the same.
///
/// A comparison is made only where both can speak: the sensor covered that time, the host's log goes on behind it, and its service
/// has left lines before. Where one is absent, nothing is concluded, and status says so.
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "collector/logs/incoming_line.hpp"
#include "collector/logs/log_cause.hpp"
#include "collector/store/database.hpp"
#include "rules/policy/policy.hpp"
#include "sensor/journal/record.hpp"

namespace sw {

class Witness {
public:
    /// How long the other half may take, besides what the policy's [log] says.
    static constexpr Duration slack = std::chrono::seconds{5};         ///< between two clocks
    static constexpr Duration before_line = std::chrono::minutes{10};  ///< so much earlier its conversation may have begun
    static constexpr Duration kept = std::chrono::hours{1};

    Result<Done> load(Database& db, const Policy& policy);

    /// index: of the event in its batch; drop: the line reports a packet filter's drop
    void line(const LogLine& line, std::size_t index, bool drop);
    void opening(const OpeningRecord& o);
    /// Services that a sensor's policy has rules for: of those it tells every conversation.
    void sensor_policy(const RunRecord& run);
    /// Openings are known up to here.
    void conversations_until(Timestamp ts) { until_ = std::max(until_, ts); }
    std::size_t pending() const { return lines_.size() + flows_.size(); }

    /// What the comparison of what is committed says.
    struct Finding {
        LogCause cause;
        Address source;
        std::string sentence, detail;
        std::vector<std::string> why;  ///< both sides
        Timestamp at;
        std::string shown;  ///< the line, or the conversation as one
        std::string comment;
    };
    Result<std::vector<Finding>> settle(Database& db);

    /// The first event of the batch has this id.
    void first_event(std::int64_t id) { first_event_ = id; }
    /// Within the caller's transaction: what came, and what settle() found out.
    Result<Done> write(Database& db);
    void forget();

private:
    struct Line {
        std::size_t index = 0;
        std::string host;
        std::string_view service;
        Address peer, target;
        std::optional<std::uint16_t> port, target_port;
        std::uint8_t proto = 0;
        Timestamp received;
        bool must = false;
    };
    struct Flow {
        OpeningRecord opening;
        std::string host;
    };

    Duration flow_waits() const { return policy_->log.flow_waits; }
    Result<Done> settle_lines(Database& db, std::vector<Finding>& found);
    Result<Done> settle_flows(Database& db, std::vector<Finding>& found);
    Result<Done> settle_drops(Database& db, std::vector<Finding>& found);
    Result<Done> write_lines(Database& db);
    Result<Done> write_flows(Database& db);
    Result<Done> write_settled(Database& db);

    const Policy* policy_ = nullptr;
    Timestamp until_, written_until_;          ///< setting witness_until
    std::string services_, written_services_;  ///< setting witness_services: "ssh smtp"
    std::string seen_policy_;                  ///< sha256
    std::vector<Line> lines_;
    std::vector<Flow> flows_;
    std::int64_t first_event_ = 0;
    struct Settled {
        std::int64_t id;
        std::string host, service;
        bool agreed;
    };
    std::vector<Settled> settled_lines_, settled_flows_;
};

}  // namespace sw
