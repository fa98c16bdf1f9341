#pragma once
/// What runs on the hosts of the enclave: real servers, and the clients of an ordinary day.
#include <memory>
#include <string>
#include <vector>

#include "tests/system/enclave/process.hpp"

namespace sw::test {

class Services {
public:
    /// SMTP, IMAP over TLS and SSH on mail, DNS on the resolver, SMTP outside; each answers when this returns.
    Services();

    struct Client {
        std::string what, host, command;
    };
    /// Everything that the policy allows, once: mail in (IPv4 and IPv6) and out, look-ups by UDP and TCP, a mailbox, a login, log lines.
    static std::vector<Client> ordinary_day();

private:
    void serve(const Host& host, const std::string& command);

    std::vector<std::unique_ptr<Process>> servers_;
};

}  // namespace sw::test
