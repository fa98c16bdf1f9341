#include "sensor/capture/live_source.hpp"

#include <fmt/format.h>
#include <pcap.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <random>
#include <string_view>
#include <thread>
#include <vector>

#include "rules/base/text.hpp"
#include "rules/confine/confine.hpp"
#include "sensor/capture/fanout.hpp"
#include "sensor/capture/interface.hpp"

namespace sw {
namespace {

constexpr std::size_t batch_octets = 1u << 20;
constexpr int frames_at_once = 32;  // a batch may outgrow batch_octets by so many

constexpr Duration slack = std::chrono::milliseconds{20};  // of the kernel, beyond the hold

/// libpcap takes its ring down by setsockopt, which a confined process may not call: there the kernel does it for the descriptor,
/// and what libpcap holds in memory goes with the process.
struct Close {
    void operator()(pcap_t* p) const {
        if (is_confined())
            ::close(::pcap_fileno(p));
        else
            ::pcap_close(p);
    }
};
using Pcap = std::unique_ptr<pcap_t, Close>;

/// libpcap counts in 32 bits.
class Wrapping {
public:
    std::uint64_t at(std::uint32_t now) {
        total_ += static_cast<std::uint32_t>(now - last_);
        last_ = now;
        return total_;
    }

private:
    std::uint64_t total_ = 0;
    std::uint32_t last_ = 0;
};

/// The value in capture files for what libpcap calls it on this system. source: https://www.tcpdump.org/linktypes.html
Datalink datalink_of(pcap_t* p) {
    const int dlt = ::pcap_datalink(p);
    if (dlt == DLT_RAW) return {.linktype = linktype::raw, .swapped = false};
    if (dlt == DLT_LOOP) return {.linktype = linktype::loop, .swapped = false};
    return {.linktype = static_cast<std::uint16_t>(dlt), .swapped = false};
}

/// OpenBSD's libpcap knows microseconds only.
#ifdef PCAP_TSTAMP_PRECISION_NANO
void ask_for_nanoseconds(pcap_t* p) { ::pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO); }
std::int64_t fraction_of(pcap_t* p) { return ::pcap_get_tstamp_precision(p) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000; }
#else
void ask_for_nanoseconds(pcap_t*) {}
std::int64_t fraction_of(pcap_t*) { return 1000; }
#endif

std::string fix_for(int status, const std::string& interface) {
    switch (status) {
        case PCAP_ERROR_NO_SUCH_DEVICE:
            return "name one that exists in this network namespace (ip link)";
        case PCAP_ERROR_PERM_DENIED:
        case PCAP_ERROR_PROMISC_PERM_DENIED:
            return "start it as root or with CAP_NET_RAW; it gives them up at once";
        case PCAP_ERROR_IFACE_NOT_UP:
            return fmt::format("set it up first: ip link set {} up", interface);
        case PCAP_WARNING_PROMISC_NOTSUP:
            return "a mirror needs one that can be promiscuous";
        default:
            return "see pcap(3)";
    }
}

Unexpected cannot_open(const std::string& interface, int status, pcap_t* p) {
    std::string why = ::pcap_statustostr(status);
    if (const std::string_view more = p != nullptr ? ::pcap_geterr(p) : ""; !more.empty() && status == PCAP_ERROR) why = more;
    const std::string name = escape_for_display(interface);
    return unexpected(fmt::format("cannot capture on {}: {} ({})", name, escape_for_display(why), fix_for(status, name)),
                      ExitCode::environment);
}

int milliseconds(Duration d) { return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(d).count()); }

/// Immediate mode makes libpcap take a ring of single frames; else it takes blocks of frames (TPACKET_V3), retired when full
/// or after the hold.
int arm(pcap_t* p, const LiveOptions& o) {
    ::pcap_set_snaplen(p, static_cast<int>(o.snaplen));
    ::pcap_set_promisc(p, 1);
    ::pcap_set_buffer_size(p, static_cast<int>(o.ring_octets));
    ::pcap_set_immediate_mode(p, o.hold.count() == 0 ? 1 : 0);
    ::pcap_set_timeout(p, std::max(1, milliseconds(o.hold)));
    ask_for_nanoseconds(p);
    return ::pcap_activate(p);
}

bool names_an_interface(const std::string& name) {
    return !name.empty() && name.size() < 16 && name.find('/') == std::string::npos && name != "." && name != ".." && name != "any";
}

}  // namespace

struct LiveSource::Impl {
    Impl(Pcap p, const std::string& name)
        : pcap(std::move(p)),
          interface(name, ::pcap_fileno(pcap.get())),
          link(datalink_of(pcap.get())),
          fraction_ns(fraction_of(pcap.get())) {}

    static void take(u_char* self, const pcap_pkthdr* header, const u_char* data);
    std::size_t gather(std::span<Frame> out, Memory& into);
    void let_go(std::size_t ring_octets);
    void wait_for_frames(Duration wait) const;
    void note_failure();

    Pcap pcap;
    Interface interface;
    Datalink link;
    std::int64_t fraction_ns;
    Memory* octets = nullptr;  ///< of the batch: libpcap's own view ends when the kernel gets its block back
    std::vector<std::size_t> starts;
    std::span<Frame> out;
    std::uint64_t taken = 0;
    Wrapping received, dropped;
    std::string trouble;
    bool gone = false;
};

void LiveSource::Impl::take(u_char* self, const pcap_pkthdr* header, const u_char* data) {
    Impl& impl = *reinterpret_cast<Impl*>(self);
    Frame& frame = impl.out[impl.starts.size()];
    frame.caplen = header->caplen;
    frame.len = header->len;
    frame.ts.ns = std::int64_t{header->ts.tv_sec} * 1'000'000'000 + std::int64_t{header->ts.tv_usec} * impl.fraction_ns;
    frame.number = ++impl.taken;
    frame.link = impl.link;
    impl.starts.push_back(impl.octets->size());
    impl.octets->insert(impl.octets->end(), data, data + header->caplen);
}

/// All that is there without waiting, as far as it fits.
std::size_t LiveSource::Impl::gather(std::span<Frame> frames, Memory& into) {
    into.clear();
    into.reserve(2 * batch_octets);
    octets = &into;
    starts.clear();
    out = frames;
    while (starts.size() < out.size() && into.size() < batch_octets) {
        const int room = static_cast<int>(std::min<std::size_t>(frames_at_once, out.size() - starts.size()));
        const int n = ::pcap_dispatch(pcap.get(), room, take, reinterpret_cast<u_char*>(this));
        if (n < 0) note_failure();
        if (n >= 0) trouble.clear();
        if (n <= 0) break;
    }
    for (std::size_t i = 0; i < starts.size(); ++i) out[i].data = into.data() + starts[i];
    return starts.size();
}

/// Everything that is in the ring by now, and no more than a ring holds, however fast frames come.
void LiveSource::Impl::let_go(std::size_t ring_octets) {
    std::array<Frame, 256> frames;
    Memory memory;
    for (std::size_t let = 0; let < ring_octets && gather(frames, memory) > 0;) let += memory.size();
    taken = 0;
}

/// libpcap tells troubles by words alone; ENXIO is what bpf(4) gives for an interface that is gone.
void LiveSource::Impl::note_failure() {
    const std::string_view why = ::pcap_geterr(pcap.get());
    gone = gone || why.find("disappeared") != std::string_view::npos || why.find(std::strerror(ENXIO)) != std::string_view::npos ||
           interface.state() == State::gone;
    if (why.find("went down") == std::string_view::npos) trouble = escape_for_display(why);
}

void LiveSource::Impl::wait_for_frames(Duration wait) const {
    pollfd packets{.fd = ::pcap_get_selectable_fd(pcap.get()), .events = POLLIN, .revents = 0};
    const bool reads = !gone && trouble.empty();  // else there is nothing to wait for but time
    const timespec limit{.tv_sec = static_cast<time_t>(wait.count() / 1'000'000'000),
                         .tv_nsec = static_cast<long>(wait.count() % 1'000'000'000)};
    if (::ppoll(&packets, reads ? 1 : 0, &limit, nullptr) > 0 && (packets.revents & POLLERR) != 0) interface.clear_error();
}

Result<std::unique_ptr<LiveSource::Impl>> LiveSource::capture(const LiveOptions& options) {
    if (!names_an_interface(options.interface))
        return unexpected(fmt::format("cannot capture on '{}': that is no name of one interface", escape_for_display(options.interface)));
    char error[PCAP_ERRBUF_SIZE] = "";
    Pcap pcap(::pcap_create(options.interface.c_str(), error));
    if (!pcap)
        return unexpected(fmt::format("cannot capture on {}: {}", options.interface, escape_for_display(error)), ExitCode::environment);
    if (const int status = arm(pcap.get(), options); status < 0 || status == PCAP_WARNING_PROMISC_NOTSUP)
        return cannot_open(options.interface, status, pcap.get());
    if (::pcap_setnonblock(pcap.get(), 1, error) != 0)
        return unexpected(fmt::format("cannot capture on {}: {}", options.interface, escape_for_display(error)), ExitCode::environment);
    return std::make_unique<Impl>(std::move(pcap), options.interface);
}

Result<LiveSource> LiveSource::open(const LiveOptions& options) {
    auto impl = capture(options);
    if (!impl) return Unexpected{impl.error()};
    if (auto locked = (*impl)->interface.lock(options.hold); !locked) return Unexpected{locked.error()};
    return LiveSource(std::move(*impl));
}

Result<std::vector<LiveSource>> LiveSource::open_shares(const LiveOptions& options, unsigned count) {
    LiveOptions of_each = options;
    of_each.ring_octets = std::max(options.ring_octets / count, 1u << 20);
    std::vector<LiveSource> shares;
    std::vector<int> sockets;
    for (unsigned i = 0; i < count; ++i) {
        auto impl = capture(of_each);
        if (!impl) return Unexpected{impl.error()};
        sockets.push_back(::pcap_fileno((*impl)->pcap.get()));
        shares.push_back(LiveSource(std::move(*impl)));
    }
    if (auto shared = share_frames(sockets, std::random_device{}()); !shared) return Unexpected{shared.error()};
    // What came before they shared is in several of them, the last of it in blocks that the kernel still holds.
    std::this_thread::sleep_for(options.hold + slack);
    for (LiveSource& share : shares) share.impl_->let_go(of_each.ring_octets);
    for (LiveSource& share : shares)
        if (auto locked = share.impl_->interface.lock(options.hold); !locked) return Unexpected{locked.error()};
    return shares;
}

LiveSource::LiveSource(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LiveSource::LiveSource(LiveSource&&) noexcept = default;
LiveSource& LiveSource::operator=(LiveSource&&) noexcept = default;
LiveSource::~LiveSource() = default;

std::size_t LiveSource::next(std::span<Frame> out, Memory& memory, Duration wait) {
    if (const std::size_t n = impl_->gather(out, memory); n > 0 || wait.count() <= 0) return n;
    impl_->wait_for_frames(wait);
    return impl_->gather(out, memory);
}

LiveSource::State LiveSource::state() const { return impl_->gone ? State::gone : impl_->interface.state(); }
const std::string& LiveSource::trouble() const { return impl_->trouble; }
Datalink LiveSource::link() const { return impl_->link; }

LiveCounters LiveSource::counters() const {
    LiveCounters counters;
    pcap_stat statistics{};
    if (::pcap_stats(impl_->pcap.get(), &statistics) == 0) {
        counters.received = impl_->received.at(statistics.ps_recv);
        counters.kernel_drops = impl_->dropped.at(statistics.ps_drop);
    }
    impl_->interface.read(counters);
    return counters;
}

int LiveSource::descriptor() const { return ::pcap_fileno(impl_->pcap.get()); }

}  // namespace sw
