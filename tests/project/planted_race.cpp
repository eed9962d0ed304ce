// Two blocks write to one variable: ThreadSanitizer must report it, or its silence elsewhere means nothing.
#include <chrono>
#include <cstdio>
#include <thread>

#include "mercer/base/parallel.hpp"

int main() {
  mercer::set_threads(2);
  mercer::Index sum = 0;
  mercer::parallel_blocks(8, [&](mercer::Index b) {
    sum += b;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // leaves blocks to the other thread
  });
  std::printf("%td\n", static_cast<std::ptrdiff_t>(sum));
}
