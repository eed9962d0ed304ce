#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>
#include <span>
#include <vector>

#include "backend/peers.hpp"
#include "mercer/exchange/communicator.hpp"

namespace mercer::exchanging {

/// The meeting point (barrier) of the ranks of one process. When a rank fails or ends, those that wait for it throw.
class Team {
 public:
  explicit Team(int ranks) : offers_(static_cast<std::size_t>(ranks)) {}

  int size() const { return static_cast<int>(offers_.size()); }

  /// A rank's messages, which the others read, with marks in the work of its device.
  struct Offer {
    std::span<const Sent> sent;
    std::span<const Received> received;
    Device device = Device::cpu;
    int number = 0;  // of the CUDA device
    // marks in the work of this device: the sent messages are complete; the received ones have been copied
    const cuda::Mark *packed = nullptr, *taken = nullptr;
  };
  void lay_out(int rank, const Offer& offer) { offers_[static_cast<std::size_t>(rank)] = offer; }
  const Offer& of(int rank) const { return offers_[static_cast<std::size_t>(rank)]; }

  /// Returns when all ranks have called it. Throws RankError when one of them has failed or ended.
  void meet();
  /// The second meeting of an exchange: waits for all ranks even if one has ended, so that offers stay valid until all
  /// ranks have read them. Rethrows `failure` if there is one, or throws RankError when another rank had a failure.
  void meet_surely(int rank, const std::exception_ptr& failure);

  /// The rank ends; `failure` is its exception, or null.
  void leave(int rank, const std::exception_ptr& failure);
  /// Throws the exception of the first rank that failed, if any.
  void rethrow_failure() const;

 private:
  /// Waits for the other ranks, with `lock` held; false when one has ended (never if `surely`).
  bool come(std::unique_lock<std::mutex>& lock, bool surely);
  void note(int rank, const std::exception_ptr& failure);
  [[noreturn]] void give_up() const;

  std::vector<Offer> offers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int here_ = 0;
  unsigned long long meetings_ = 0;
  bool went_well_ = true;        // no rank had failed at the last meeting
  int gone_ = -1, failed_ = -1;  // the first rank that ended, the first that failed; −1: none
  std::exception_ptr failure_;
};

}  // namespace mercer::exchanging
