/// bench_cores: prints how many nanoseconds a word needs from one core to another and back, or 0 where there is one core only.
/// Virtual processors move: the same machine may say 50 at one time and 320 at another.
#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

namespace {

constexpr int strokes = 100'000;
alignas(64) std::atomic<int> ball{0};

void stay_on(int core) {
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(core, &only);
    pthread_setaffinity_np(pthread_self(), sizeof only, &only);
}

}  // namespace

int main() {
    if (std::thread::hardware_concurrency() < 2) return std::puts("0") < 0;
    std::thread other([] {
        stay_on(1);
        for (int i = 0; i < strokes; ++i) {
            while (ball.load(std::memory_order_acquire) != 2 * i + 1) {
            }
            ball.store(2 * i + 2, std::memory_order_release);
        }
    });
    stay_on(0);
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < strokes; ++i) {
        ball.store(2 * i + 1, std::memory_order_release);
        while (ball.load(std::memory_order_acquire) != 2 * i + 2) {
        }
    }
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - began;
    other.join();
    std::printf("%lld\n", static_cast<long long>(took.count() / strokes));
    return 0;
}
