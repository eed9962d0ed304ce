#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>
#include <span>
#include <vector>

#include "backend/peers.hpp"
#include "mercer/exchange/communicator.hpp"

namespace mercer::exchanging {

/// Where the ranks of one process meet. A rank that fails or ends takes those that wait for it along.
class Team {
 public:
  explicit Team(int ranks) : offers_(static_cast<std::size_t>(ranks)) {}

  int size() const { return static_cast<int>(offers_.size()); }

  /// What a rank lays out for the others to take: messages, and what its device did before.
  struct Offer {
    std::span<const Sent> sent;
    std::span<const Received> received;
    Device device = Device::cpu;
    int number = 0;                                        // of the CUDA device
    const cuda::Mark *packed = nullptr, *taken = nullptr;  // on it: messages are there; those for it were taken
  };
  void lay_out(int rank, const Offer& offer) { offers_[static_cast<std::size_t>(rank)] = offer; }
  const Offer& of(int rank) const { return offers_[static_cast<std::size_t>(rank)]; }

  /// Returns when all ranks have come. Throws RankError when one of them failed or has ended instead.
  void meet();
  /// The same, for who knows that all of them will come: what was laid out stays until everyone has taken it. Throws,
  /// when ranks bring failures, each of these its own, and the others RankError.
  void meet_surely(int rank, const std::exception_ptr& failure);

  /// The rank comes no more; `failure`: what it threw, or null.
  void leave(int rank, const std::exception_ptr& failure);
  /// Throws what the first rank that failed threw.
  void rethrow_failure() const;

 private:
  /// Under `lock`: false when the others won't come.
  bool come(std::unique_lock<std::mutex>& lock, bool surely);
  void note(int rank, const std::exception_ptr& failure);
  [[noreturn]] void give_up() const;

  std::vector<Offer> offers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int here_ = 0;
  unsigned long long meetings_ = 0;
  bool went_well_ = true;        // the last of them
  int gone_ = -1, failed_ = -1;  // the first rank that left, that failed
  std::exception_ptr failure_;
};

}  // namespace mercer::exchanging
