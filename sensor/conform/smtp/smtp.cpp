#include "sensor/conform/smtp/smtp.hpp"

#include <utility>

#include "sensor/conform/tls/behind_starttls.hpp"

namespace sw {

using namespace smtp;

namespace {

constexpr std::size_t index(Side s) { return static_cast<std::size_t>(s); }
constexpr std::string_view behind_starttls = "behind STARTTLS";

}  // namespace

std::unique_ptr<Protocol> smtp_protocol(const Rule& rule, const Policy&) {
    return std::make_unique<ProtocolOf<SmtpMachine, TlsDemands>>(TlsDemands::of(rule.pins));
}

std::optional<Breach> SmtpMachine::octets(Side from, std::span<const std::uint8_t> octets, Timestamp now, Listener& listener) {
    std::uint64_t& offset = offset_[index(from)];
    for (std::size_t i = 0; i < octets.size();) {
        if (client_ == Client::handshake) return encrypted(from, octets.subspan(i), now, listener);
        std::size_t taken = 0;
        Fault fault;
        const bool right = take(from, octets.subspan(i), taken, listener, fault);
        offset += taken;
        i += taken;
        if (right) continue;
        Breach b{fault.reason, from, offset, fault.state, fault.expected};
        b.show(octets.subspan(i));
        return b;
    }
    return std::nullopt;
}

/// As much as is of one line, or of a mail. taken: of a fault, those before the wrong one.
bool SmtpMachine::take(Side from, std::span<const std::uint8_t> octets, std::size_t& taken, Listener& listener, Fault& fault) {
    if (from == Side::responder) return server_octets(octets, taken, listener, fault);
    return client_ == Client::content ? content_octets(octets, taken, fault) : client_octets(octets, taken, listener, fault);
}

// What the server says.

bool SmtpMachine::server_octets(std::span<const std::uint8_t> octets, std::size_t& taken, Listener& listener, Fault& fault) {
    if (replies_.reply_done() && (closing_ || (client_ == Client::gone && queue_.empty())))
        return not_smtp(fault, "behind the good-bye", "nothing");
    if (replies_.reply_done()) replies_.begin(!greeted_ || queue_.empty() ? Verb::greeting : queue_.front(), greeted_ && queue_.empty());
    const bool right = replies_.take(octets, taken, fault);
    if (!greeted_) note_banner(octets.first(taken), listener);
    if (!right) return false;
    if (!replies_.line_done()) return true;
    const bool ehlo = greeted_ && !queue_.empty() && queue_.front() == Verb::ehlo && replies_.code() == 250;
    if (ehlo && !replies_.first_line()) offered(replies_.word());
    if (!replies_.reply_done() || replied(replies_.code(), fault)) return true;
    --taken;
    return false;
}

/// The greeting's first line, for whoever pins it.
void SmtpMachine::note_banner(std::span<const std::uint8_t> octets, Listener& listener) {
    if (!replies_.first_line()) return;
    for (const std::uint8_t octet : octets)
        if (octet != '\r' && octet != '\n' && banner_size_ < banner_.size()) banner_[banner_size_++] = static_cast<char>(octet);
    if (replies_.line_done()) listener.told(Side::responder, Told::banner, {banner_.data(), banner_size_}, 0);
}

/// A line of the answer to EHLO (RFC 5321 section 4.1.1.1).
void SmtpMachine::offered(std::string_view word) {
    if (word == "PIPELINING") next_offers_.pipelining = true;
    if (word == "CHUNKING") next_offers_.chunking = true;
    if (word == "STARTTLS") next_offers_.starttls = true;
    if (word == "8BITMIME" || word == "SMTPUTF8" || word == "BINARYMIME") next_offers_.eight_bit = true;
    if (word == "SMTPUTF8") next_offers_.utf8 = true;
    if (word == "BINARYMIME") next_offers_.binary = true;
}

bool SmtpMachine::replied(std::uint16_t code, Fault& fault) {
    if (!greeted_) {
        greeted_ = true;
        refused_ = code != 220;
        client_ = Client::commands;
        return true;
    }
    closing_ = queue_.empty();  // 421 that nobody asked for
    if (closing_) return true;
    const Verb verb = queue_.front();
    queue_.pop();
    return answered(verb, code < 400, fault);
}

bool SmtpMachine::answered(Verb verb, bool accepted, Fault& fault) {
    if (verb == Verb::ehlo && accepted) offers_ = next_offers_;
    if (verb == Verb::helo && accepted) offers_ = {};  // it offers nothing (RFC 5321 section 4.1.1.1)
    if (verb == Verb::mail && !accepted) binary_ = false;
    // RFC 3030 section 2: a chunk is accepted once it is there.
    const bool chunk_open = client_ == Client::content && !data_ && queue_.empty() && !content_.chunk_over();
    if (verb == Verb::bdat && accepted && chunk_open) return not_smtp(fault, "answering BDAT", "the whole chunk first");
    if (client_ != Client::waits || !queue_.empty()) return true;
    client_ = Client::commands;
    if (!accepted) return true;
    if (verb == Verb::data) {
        if (!first_chunk_) return not_smtp(fault, "answering DATA", "a refusal: chunks of this mail came before (RFC 3030 section 2)");
        client_ = Client::content;
        data_ = true;
        content_.begin_data(offers_.eight_bit);
    }
    if (verb == Verb::starttls) {
        client_ = Client::handshake;
        tls_.emplace(*demands_);
    }
    if (verb == Verb::quit) client_ = Client::gone;
    return true;
}

// What the client says.

bool SmtpMachine::client_octets(std::span<const std::uint8_t> octets, std::size_t& taken, Listener& listener, Fault& fault) {
    if (commands_.between_lines()) {
        if (!may_speak(fault)) return false;
        line_at_ = offset_[index(Side::initiator)];
    }
    if (!commands_.take(octets, taken, offers_, fault)) return false;
    const auto verb = commands_.done();
    if (!verb || commanded(*verb, listener, fault)) return true;
    --taken;
    return false;
}

bool SmtpMachine::content_octets(std::span<const std::uint8_t> octets, std::size_t& taken, Fault& fault) {
    const ContentReader::Taken t = content_.take(octets);
    taken = t.octets;
    if (t.wrong) fault = t.fault;
    if (!t.done) return !t.wrong;
    if (content_over(fault)) return true;
    --taken;
    return false;
}

/// May a command begin now?
bool SmtpMachine::may_speak(Fault& fault) const {
    if (!greeted_) return fault.set(Reason::early_talker, "before the greeting", "nothing");
    if (client_ == Client::gone) return not_smtp(fault, "behind QUIT", "nothing");
    if (client_ == Client::waits && queue_.back() == Verb::starttls)
        return fault.set(Reason::starttls_injection, behind_starttls, "nothing before the answer");
    if (client_ == Client::waits) return not_smtp(fault, "waiting for an answer", "nothing before the answer");
    if (!queue_.empty() && !offers_.pipelining)
        return not_smtp(fault, "waiting for an answer", "nothing before the answer: no pipelining was offered");
    return true;
}

bool SmtpMachine::commanded(Verb verb, Listener& listener, Fault& fault) {
    if (verb == Verb::ehlo || verb == Verb::helo) {
        next_offers_ = {};
        listener.told(Side::initiator, Told::hello_name, commands_.name(), line_at_ + commands_.name_at());
    }
    if (!queue_.push(verb)) return not_smtp(fault, "waiting for answers", "fewer commands at once");
    if (command(verb).last_in_group) client_ = Client::waits;
    if (verb == Verb::rset || verb == Verb::ehlo || verb == Verb::helo) binary_ = false;
    if (verb == Verb::mail) {
        binary_ = commands_.binary();
        first_chunk_ = true;
    }
    if (verb != Verb::bdat) return true;
    client_ = Client::content;
    data_ = false;
    content_.begin_chunk(commands_.chunk(), binary_, offers_.eight_bit, std::exchange(first_chunk_, false));
    return commands_.chunk() > 0 || content_over(fault);
}

/// The end of mail data is answered like a command; that of a chunk belongs to its BDAT.
bool SmtpMachine::content_over(Fault& fault) {
    client_ = Client::commands;
    if (data_ && !queue_.push(Verb::content)) return not_smtp(fault, "waiting for answers", "fewer commands at once");
    if (data_ || !commands_.last_chunk()) return true;
    first_chunk_ = true;
    if (!content_.ends_between_lines()) return fault.set(Reason::smtp_bare_lf, "in a chunk of the mail", "LF behind CR");
    return true;
}

// What is left to judge: TLS, ends and gaps.

std::optional<Breach> SmtpMachine::encrypted(Side from, std::span<const std::uint8_t> octets, Timestamp now, Listener& listener) {
    return tls::behind_starttls(*tls_, from, octets, offset_[index(from)], now, listener);
}

/// A connection may be lost anywhere (RFC 5321 section 3.8), but for one thing: who opens it and then says nothing does not want to
/// send mail. A server may refuse by closing at once, and who was refused may go without a word.
std::optional<Breach> SmtpMachine::end(Side from, bool reset, Timestamp now, Listener& listener) {
    if (tls_) return tls_->begins(from) ? std::nullopt : tls_->end(from, reset, now, listener);
    if (from == Side::responder && !greeted_) refused_ = true;
    if (from != Side::initiator || offset_[0] > 0 || refused_) return std::nullopt;
    return Breach{reset ? Reason::client_reset : Reason::client_silent, from, 0, greeted_ ? "behind the greeting" : "before the greeting",
                  "EHLO or QUIT"};
}

bool SmtpMachine::gap(Side from, std::uint64_t octets) {
    if (tls_) return tls_->gap(from, octets);
    if (from != Side::initiator || client_ != Client::content || data_ || !content_.skip(octets)) return false;
    offset_[0] += octets;
    return true;
}

}  // namespace sw
