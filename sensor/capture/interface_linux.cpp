#include <fcntl.h>
#include <fmt/format.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "rules/base/unique_fd.hpp"
#include "sensor/capture/interface.hpp"

namespace sw {
namespace {

/// The file's text without its line end; errno if it cannot be read.
struct Text {
    std::string text;
    int error = 0;
};

Text read_all(const UniqueFd& file) {
    std::array<char, 128> octets{};
    const ssize_t n = ::pread(file.get(), octets.data(), octets.size(), 0);
    if (n < 0) return {"", errno};
    std::string text(octets.data(), static_cast<std::size_t>(n));
    if (text.ends_with('\n')) text.pop_back();
    return {text, 0};
}

std::optional<std::uint64_t> number(const UniqueFd& file) {
    if (!file) return std::nullopt;
    const Text t = read_all(file);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(t.text.data(), t.text.data() + t.text.size(), value);
    if (t.error != 0 || error != std::errc{} || end != t.text.data() + t.text.size()) return std::nullopt;
    return value;
}

UniqueFd open_file(const std::string& path) { return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); }

/// /sys shows the interfaces of the network namespace that it was mounted in, which need not be ours: one of the same name
/// must also have the same index and hardware address.
bool is_the_same(const std::string& folder, const std::string& name, int packets) {
    ifreq request{};
    std::copy_n(name.data(), std::min(name.size(), sizeof request.ifr_name - 1), request.ifr_name);
    ifreq address = request;
    if (::ioctl(packets, SIOCGIFINDEX, &request) != 0 || ::ioctl(packets, SIOCGIFHWADDR, &address) != 0) return false;
    const auto index = number(open_file(folder + "ifindex"));
    if (index != static_cast<std::uint64_t>(request.ifr_ifindex)) return false;
    std::array<std::uint8_t, 6> mac{};
    std::memcpy(mac.data(), address.ifr_hwaddr.sa_data, mac.size());
    const UniqueFd file = open_file(folder + "address");
    return file && read_all(file).text.starts_with(fmt::format("{:02x}", fmt::join(mac, ":")));
}

std::optional<std::uint64_t> since(std::optional<std::uint64_t> now, std::optional<std::uint64_t> then) {
    if (!now || !then || *now < *then) return std::nullopt;
    return *now - *then;
}

}  // namespace

struct Interface::Impl {
    int packets = -1;
    UniqueFd carrier, carrier_changes, rx_packets, rx_dropped, rx_missed, rx_fifo, rx_errors, tx_packets;
    std::optional<std::uint64_t> missed_then, fifo_then;
};

Interface::Interface(const std::string& name, int packets) : impl_(std::make_unique<Impl>()) {
    impl_->packets = packets;
    const std::string folder = "/sys/class/net/" + name + "/", statistics = folder + "statistics/";
    if (!is_the_same(folder, name, packets)) return;
    impl_->carrier = open_file(folder + "carrier");
    impl_->carrier_changes = open_file(folder + "carrier_changes");
    impl_->rx_packets = open_file(statistics + "rx_packets");
    impl_->rx_dropped = open_file(statistics + "rx_dropped");
    impl_->rx_missed = open_file(statistics + "rx_missed_errors");
    impl_->rx_fifo = open_file(statistics + "rx_fifo_errors");
    impl_->rx_errors = open_file(statistics + "rx_errors");
    impl_->tx_packets = open_file(statistics + "tx_packets");
    impl_->missed_then = number(impl_->rx_missed);
    impl_->fifo_then = number(impl_->rx_fifo);
}

Interface::~Interface() = default;

/// An interface that is not set up refuses to tell of its carrier.
LiveSource::State Interface::state() const {
    if (!impl_->carrier) return LiveSource::State::up;
    const Text carrier = read_all(impl_->carrier);
    if (carrier.error == ENODEV) return LiveSource::State::gone;
    return carrier.error == 0 && carrier.text == "1" ? LiveSource::State::up : LiveSource::State::down;
}

void Interface::read(LiveCounters& counters) const {
    counters.rx_packets = number(impl_->rx_packets);
    counters.rx_dropped = number(impl_->rx_dropped);
    counters.rx_missed = number(impl_->rx_missed);
    counters.rx_errors = number(impl_->rx_errors);
    counters.tx_packets = number(impl_->tx_packets);
    counters.carrier_changes = number(impl_->carrier_changes);
    const auto missed = since(counters.rx_missed, impl_->missed_then), fifo = since(number(impl_->rx_fifo), impl_->fifo_then);
    if (missed || fifo) counters.interface_drops = missed.value_or(0) + fifo.value_or(0);
}

/// Sending is what confinement forbids: a packet socket cannot be shut for it. Here nobody shall hide frames from us any more.
Result<Done> Interface::lock(Duration) const {
    const int on = 1;
    if (::setsockopt(impl_->packets, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof on) == 0) return Done{};
    return unexpected(fmt::format("lock the packet socket: {}", std::strerror(errno)), ExitCode::environment);
}

/// Before libpcap finds it: it would ask for the interface's flags by ioctl, again and again.
void Interface::clear_error() const {
    int error = 0;
    socklen_t octets = sizeof error;
    static_cast<void>(::getsockopt(impl_->packets, SOL_SOCKET, SO_ERROR, &error, &octets));
}

}  // namespace sw
