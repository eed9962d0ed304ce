#include "mercer/base/random.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include "mercer/base/check.hpp"

namespace mercer {

void expect_known_step(const char* op, const Stream& stream) {
  if (stream.step_there != nullptr)
    throw DeviceError("[" + std::string(op) + "] CUDA graph: this is drawn on the host, anew in each step");
}

Random::Random(const Stream& stream) : stream_(stream) { expect_known_step("random", stream); }

std::uint32_t Random::bits() {
  if (used_ == 4) {
    words_ = stream_.draw(static_cast<std::uint32_t>(block_), static_cast<std::uint32_t>(block_ >> 32));
    ++block_;
    used_ = 0;
  }
  return words_[static_cast<std::size_t>(used_++)];
}

double Random::uniform() {
  const std::uint64_t high = bits(), low = bits();
  return static_cast<double>((high << 21) ^ (low >> 11)) * 0x1p-53;
}

double Random::uniform(double low, double high) { return low + (high - low) * uniform(); }

double Random::normal() {
  const double radius = std::sqrt(-2 * std::log1p(-uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

std::uint32_t Random::below(std::uint32_t bound) {
  // Lemire's multiply-and-reject: no division on the usual path
  const std::uint32_t reject = (0u - bound) % bound;
  for (;;) {
    const std::uint64_t product = std::uint64_t{bits()} * bound;
    if (static_cast<std::uint32_t>(product) >= reject) return static_cast<std::uint32_t>(product >> 32);
  }
}

}  // namespace mercer
