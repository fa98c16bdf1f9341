/// Verdicts depend on the frames and the policy, on nothing else.
#include "tests/replay/corpora/ask.hpp"
#include "tests/support/catch.hpp"

namespace sw::corpora {
namespace {

/// Every n-th capture.
constexpr std::size_t stride = 4;
constexpr Mode modes[] = {Mode::flow, Mode::packet};

template <class Check>
void for_some(Check check) {
    for (std::size_t i = 0; i < all_captures().size(); i += stride) {
        const Capture capture = load(all_captures()[i]);
        INFO(capture.name);
        for (const Policy* policy : {&mail_enclave(), &permissive()})
            for (const Mode mode : modes) check(*policy, capture, mode);
    }
}

}  // namespace

TEST_CASE("corpora: verdicts are the same in every run and under every key of the flow table") {
    if (absent()) return;
    for_some([](const Policy& policy, const Capture& capture, Mode mode) {
        const Run first = run(policy, capture, {.mode = mode});
        CHECK(same(first, run(policy, capture, {.mode = mode})));
        CHECK(same(first, run(policy, capture, {.mode = mode, .key_octet = 0xa5})));
        CHECK(same(first, run(policy, capture, {.mode = mode, .key_octet = 0x17})));
    });
}

TEST_CASE("corpora: the short ways for common frames change no verdict, in any capture") {
    if (absent()) return;
    for (const std::string& name : all_captures()) {
        const Capture capture = load(name);
        INFO(capture.name);
        for (const Policy* policy : {&mail_enclave(), &permissive()})
            for (const Mode mode : {Mode::flow, Mode::packet, Mode::tcpdump})
                CHECK(same(run(*policy, capture, {.mode = mode}), run(*policy, capture, {.mode = mode, .shortcuts = false})));
    }
}

TEST_CASE("corpora: verdicts are the same in batches of 1, 7, 32 and 256 frames") {
    if (absent()) return;
    for_some([](const Policy& policy, const Capture& capture, Mode mode) {
        const Run whole = run(policy, capture, {.mode = mode, .batch = 256});
        for (const std::size_t batch : {std::size_t{1}, std::size_t{7}, std::size_t{32}}) {
            INFO("batch " << batch);
            CHECK(same(whole, run(policy, capture, {.mode = mode, .batch = batch})));
        }
    });
}

}  // namespace sw::corpora
