#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>

#include "mercer/autograd/variable.hpp"
#include "mercer/tensor/view.hpp"

/// Ranks compute together: each runs the same program on its own nodes.
namespace mercer {

/// A message: values to send to another rank, or memory for values from another rank.
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

/// Thrown on the other ranks when one fails: "[exchange] rank 2 failed: …".
class RankError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One rank's access to the others. The ranks of run_ranks are threads of one process; ranks of several processes need
/// another `transfer`.
class Communicator {
 public:
  virtual ~Communicator() = default;
  virtual int rank() const = 0;  // 0 … size() − 1
  virtual int size() const = 0;

  /// Sends and receives messages. Every rank must make the same sequence of calls; each call is also a barrier. The
  /// messages from one rank to another must match in order and length. All values are on `device` of this rank; later
  /// work on this device sees the received values. Throws ShapeError when messages don't match, ValueError on a rank
  /// that doesn't exist, RankError when another rank fails or has ended.
  void exchange(std::span<const Sent> sent, std::span<const Received> received, Device device);

  /// Bytes received from other ranks so far.
  std::size_t received_bytes() const { return received_bytes_; }

 private:
  virtual void transfer(std::span<const Sent> sent, std::span<const Received> received, Device device) = 0;
  std::size_t received_bytes_ = 0;
};

/// x ← Σ over ranks of x. The order of each sum depends only on the sizes: the same bits on all ranks and in every run.
/// Each rank receives 2 (size − 1) / size times the size of x.
void all_reduce_sum(Communicator& ranks, View x);

/// The same for the gradients of all parameters, in one exchange. Every rank must have gradients of the same
/// parameters.
void all_reduce_gradients(Communicator& ranks, const Parameters& parameters);

}  // namespace mercer
