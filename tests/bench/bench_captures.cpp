/// bench_captures DIRECTORY [PACKETS]: the captures and rules that run.sh measures with. The same octets every time.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/bench/rule_set.hpp"
#include "tests/bench/traffic.hpp"

namespace {

void write_text(const std::string& path, const std::string& text) {
    std::FILE* f = std::fopen(path.c_str(), "wb");
    const bool written = f && std::fwrite(text.data(), 1, text.size(), f) == text.size();
    if (f && std::fclose(f) == 0 && written) return;
    std::perror(path.c_str());
    std::exit(3);
}

void write_capture(const std::string& directory, bench::Kind kind, unsigned long long packets) {
    bench::PcapFile file(directory + "/" + std::string(to_string(kind)) + ".pcap");
    const bench::Summary s = write_traffic(kind, packets, file);
    std::printf("| %s | %llu | %.0f | %llu | %llu |\n", to_string(kind).data(), static_cast<unsigned long long>(file.packets()),
                static_cast<double>(file.octets()) / static_cast<double>(file.packets()), static_cast<unsigned long long>(s.conversations),
                static_cast<unsigned long long>(s.stray));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2 || argc > 3) {
        std::fputs("usage: bench_captures DIRECTORY [PACKETS]\n", stderr);
        return 2;
    }
    const std::string directory = argv[1];
    const unsigned long long packets = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
    std::puts("| capture | packets | mean octets | conversations | not allowed |\n|---|---:|---:|---:|---:|");
    for (const bench::Kind kind : bench::kinds) write_capture(directory, kind, packets);
    for (const unsigned n : {100'000u, 200'000u, 400'000u}) {
        bench::PcapFile file(directory + "/half-open-" + std::to_string(n) + ".pcap");
        bench::write_half_open(n, file);
    }
    { bench::PcapFile empty(directory + "/empty.pcap"); }
    for (const std::size_t n : bench::rule_counts) {
        write_text(directory + "/policy-" + std::to_string(n) + ".toml", bench::policy_toml(n));
        write_text(directory + "/filter-" + std::to_string(n) + ".txt", bench::tcpdump_expression(n));
    }
    write_text(directory + "/policy-speaks.toml", bench::policy_toml(6, true));
    return 0;
}
