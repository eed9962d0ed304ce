#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>

#include "mercer/autograd/variable.hpp"
#include "mercer/tensor/view.hpp"

/// Ranks that compute one thing together: each runs the same program on its own nodes.
namespace mercer {

/// Values on their way to another rank, or room for those that come from one.
struct Sent {
  int to = 0;
  const Real* data = nullptr;
  Index count = 0;
};
struct Received {
  int from = 0;
  Real* data = nullptr;
  Index count = 0;
};

/// What the other ranks are told when one fails: "[exchange] rank 2 failed: …".
class RankError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One rank's end of what joins them. Ranks are threads of one process here (see run_ranks); processes would need
/// nothing but another `transfer`.
class Communicator {
 public:
  virtual ~Communicator() = default;
  virtual int rank() const = 0;  // 0 … size() − 1
  virtual int size() const = 0;

  /// Every rank calls it, in the same order, and none goes on before all are there: with no messages, a barrier. What
  /// one rank receives of another is, message by message, what that one sends to it. All values on one device of this
  /// rank; what is received is there for what comes next on it. Throws ShapeError when messages don't match, ValueError
  /// for one to a rank that there isn't, RankError when another rank fails or has ended.
  void exchange(std::span<const Sent> sent, std::span<const Received> received, Device device);

  /// How much came from other ranks so far.
  std::size_t received_bytes() const { return received_bytes_; }

 private:
  virtual void transfer(std::span<const Sent> sent, std::span<const Received> received, Device device) = 0;
  std::size_t received_bytes_ = 0;
};

/// x ← Σ over ranks of x. One rank adds up each value, in an order that sizes alone decide: the same bits on all ranks,
/// and on every run. Each rank receives 2 (size − 1) / size of what x holds.
void all_reduce_sum(Communicator& ranks, View x);

/// The same for the gradients of all parameters together, which are sums over nodes. Every rank must have the gradients
/// of the same parameters.
void all_reduce_gradients(Communicator& ranks, const Parameters& parameters);

}  // namespace mercer
