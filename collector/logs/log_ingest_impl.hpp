#pragma once
/// Inside LogIngest: log_ingest.cpp takes a line apart and judges it, log_hosts.cpp looks at who sent it, log_boots.cpp at boots and
/// learning, log_flush.cpp writes what waits.
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "collector/logs/log_book.hpp"
#include "collector/logs/log_ingest.hpp"
#include "collector/logs/log_sql.hpp"
#include "collector/syslog/syslog_message.hpp"
#include "collector/witness/witness.hpp"

namespace sw {

class LogIngest::Impl {
public:
    Impl(Store& store, LogRules r, LogIngestOptions o)
        : options(std::move(o)), rules(std::move(r)), store_(store), ingest_(store, options.samples) {}

    Result<Done> open();
    void set_rules(LogRules r);
    void line(const IncomingLine& in);
    Result<Done> reload();
    Result<LogPosition> position(const std::string& journal);
    Result<Done> commit(std::span<const LogPosition> positions, Timestamp now);
    std::size_t pending() const { return events_.size() + touched_.size() + losses.size() + ingest_.pending() + witness.pending(); }

    LogIngestOptions options;
    LogRules rules;
    Witness witness;
    LogTotals committed;
    Timestamp last_received;
    std::map<std::pair<std::string, std::int64_t>, std::uint64_t> losses;  ///< by origin and hour, since the last commit
    Ingest& findings() { return ingest_; }

private:
    /// A part of a line, within its octets.
    struct Part {
        std::uint32_t at = 0, size = 0;
    };
    /// A row of log_event; its octets are in the arena.
    struct Event {
        Timestamp received;
        std::uint32_t source = 0;  ///< index in the book
        std::optional<Timestamp> claimed;
        std::uint8_t facility = 0, severity = 0;
        LogVerdict::Kind verdict = LogVerdict::Kind::known;
        std::optional<std::int64_t> found;  ///< template
        std::uint32_t finding = 0;          ///< number within ingest_; 0: none
        std::uint16_t odd = 0;
        std::size_t at = 0;
        std::uint32_t octets = 0;
        Part host, app, proc_id, msg_id;
    };
    /// What came for a template since the last commit.
    struct Touched {
        std::int64_t id = 0;
        std::uint64_t count = 0;
        Timestamp first, last;
        std::uint32_t learning = 0;  ///< finding under which it was learnt: its row and values are to be written; 0: nothing new
    };
    /// What one line is, while it is looked at.
    struct Work {
        const IncomingLine& in;
        LogSourceRow& source;
        LogHostRow& host;
        SyslogMessage message;
        LogLine line;
        std::uint32_t finding = 0;  ///< the first
        bool is_drop = false;       ///< a packet filter's
    };

    /// What people read of a finding.
    struct LogTexts {
        std::string sentence, detail{};
        std::vector<std::string> why{};
    };

    static std::string_view in_text(const IncomingLine& in) { return {reinterpret_cast<const char*>(in.octets.data()), in.octets.size()}; }

    // log_ingest.cpp
    LogVerdict judge(Work& w);
    /// Texts are made only for a cause that is not known yet: whoever floods a log pays for what is said of it once.
    template <class TextsOf>
    std::uint32_t count(Work& w, const LogCause& cause, TextsOf texts) {
        const auto known = numbers_.find(cause.key());
        const std::uint32_t number = known != numbers_.end() ? known->second : number_of(cause, w.in.source, texts());
        counted(w, number);
        return number;
    }
    template <class SentenceOf>
    void count(Work& w, LogReason reason, SentenceOf sentence) {
        LogCause cause(reason, w.line.host);
        cause.with("program", w.line.program);
        count(w, cause, [&] { return LogTexts{sentence(), shown(w.line.text)}; });
    }
    void counted(Work& w, std::uint32_t number);
    static std::string shown(std::string_view text);
    std::uint32_t number_of(const LogCause& cause, const Address& source, LogTexts texts);
    std::uint32_t describe(const LogCause& cause, const Address& source, LogTexts texts);
    bool is_fold_due(const LogCause& cause) const;
    void keep(const Work& w, std::uint32_t source, const LogVerdict& v);
    Touched& touch(const LogTemplate& t);
    void take_broken(const IncomingLine& in);
    void fail(const Error& e);

    // log_hosts.cpp
    std::uint32_t source_of(const IncomingLine& in, std::string_view claimed);
    LogHostRow& host_of(std::string_view name);
    void look_at_sender(Work& w);
    void look_at_claim(Work& w);
    void look_at_sequence(Work& w);
    void look_at_clock(Work& w);
    void look_at_form(Work& w);
    void look_for_silence(Timestamp now);

    // log_boots.cpp
    bool is_learning(Work& w, const BootStep& step);
    LogCause learning_cause(const Work& w) const;
    void learnt(Work& w, const LogTemplate& found);
    BootStep see_boot(Work& w);
    void look_at_boot(Work& w, const BootStep& step);
    void tell_boot(const BootReport& report);
    void close_boots(Timestamp now);
    bool is_filter(std::string_view host) const;
    Result<Done> write_hosts();
    Result<Done> write_boot(const std::string& name, Timestamp marker, std::int64_t finding, const BootList& list, std::uint64_t from);

    // log_flush.cpp
    Result<Done> write_all(Timestamp now);
    Result<Done> write_rows();
    Result<Done> write_sources();
    Result<Done> write_events();
    Result<Done> write_templates();
    Result<Done> write_values(const LogTemplate& t, std::int64_t id, std::int64_t learning);
    Result<Done> write_claims();
    Result<Done> write_positions();
    Result<Done> write_losses();
    Result<Done> look_again();
    void add_up();
    void start_run();
    void forget();

    Store& store_;
    Ingest ingest_;
    LogSql sql_;
    std::unique_ptr<LogBook> book_;
    std::string token_;
    std::int64_t data_version_ = -1;
    std::optional<Error> error_;
    std::span<const LogPosition> positions_;

    std::vector<Event> events_;
    std::string arena_;
    std::unordered_map<const LogTemplate*, Touched> touched_;
    std::unordered_map<std::string, std::uint32_t> numbers_;  ///< findings by the key of their cause
    std::uint32_t next_number_ = 1;
    LogTotals uncommitted_;

    struct SourceKey {
        LogVia via;
        Address address;
        std::string host;
        bool operator<(const SourceKey& o) const { return std::tie(via, address, host) < std::tie(o.via, o.address, o.host); }
    };
    std::map<SourceKey, std::uint32_t> source_index_;
    std::optional<std::uint32_t> last_source_;
};

}  // namespace sw
