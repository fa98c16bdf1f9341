#pragma once
/// What comes in on the collector's own socket, into a journal of its own: at once, whatever the store is doing. A datagram leaves
/// the kernel's queue only when it is in the journal's file: one that died in between begins with those that are in both.
#include <deque>
#include <memory>

#include "collector/sources/log_socket.hpp"
#include "collector/sources/log_source.hpp"
#include "sensor/journal/journal_writer.hpp"

namespace sw {

class DatagramReceiver {
public:
    /// Finds out what of the queue is in the journal (in folder) already. errors: the folder's, the socket's
    static Result<std::unique_ptr<DatagramReceiver>> open(LogSocket socket, const std::string& folder, const JournalLimits& limits,
                                                          bool unconfined);

    /// Some batches of what waits, into the journal's file. Gives how many datagrams.
    /// errors: the socket's. A full disk is none: the datagrams stay in the kernel's queue, and trouble() says why
    Result<std::size_t> turn();
    /// To the disk, with a heartbeat: how many came, how many the kernel dropped.
    void every_second(Timestamp now);

    int descriptor() const { return socket_.descriptor(); }
    const std::string& label() const { return socket_.label(); }
    std::uint64_t received() const { return received_; }
    std::string trouble() const;

private:
    struct Kept {
        Address source;
        std::uint16_t port = 0;
        Timestamp received;
        std::string octets;
    };

    DatagramReceiver(LogSocket socket, std::unique_ptr<JournalWriter> journal) : socket_(std::move(socket)), journal_(std::move(journal)) {}
    static Result<std::deque<Kept>> tail_of(const std::string& folder, const std::string& identity);
    Result<Done> skip_known(const std::deque<Kept>& tail);
    Result<Done> settle();
    void append(const Datagram& d);

    LogSocket socket_;
    std::unique_ptr<JournalWriter> journal_;
    std::size_t in_file_ = 0;  ///< datagrams of the batch that are with the journal and not off the queue
    std::uint64_t received_ = 0, dropped_told_ = 0;
};

}  // namespace sw
