#include "mercer/exchange/ranks.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "exchange/team.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"

namespace mercer {
namespace {

using exchanging::Team;

/// The end of a rank that is a thread. It copies what it receives out of the senders' memory.
class ThreadRank : public Communicator {
 public:
  ThreadRank(Team& team, int rank) : team_(team), rank_(rank) {}

  int rank() const override { return rank_; }
  int size() const override { return team_.size(); }

 private:
  void transfer(std::span<const Sent> sent, std::span<const Received> received, Device device) override {
    team_.lay_out(rank_, offer(sent, device));
    team_.meet();
    // from here on the others count on this rank until all have taken what is theirs
    std::exception_ptr failure;
    std::vector<const cuda::Mark*> takers;
    try {
      for (int from = 0; from < size(); ++from)
        if (from != rank_) take(from, received, device);
      if (device == Device::cuda) taken_->set();
      for (const Sent& message : sent)
        takers.push_back(team_.of(message.to).taken);
    } catch (...) {
      failure = std::current_exception();
    }
    team_.meet_surely();
    if (failure != nullptr) std::rethrow_exception(failure);
    if (device == Device::cuda)
      for (const cuda::Mark* taker : takers)
        taker->wait_for();  // the messages' memory is this device's again
  }

  Team::Offer offer(std::span<const Sent> sent, Device device) {
    if (device == Device::cpu) return {.sent = sent};
    if (taken_ == nullptr) packed_ = cuda::new_mark(), taken_ = cuda::new_mark();
    packed_->set();
    return {sent, device, cuda_device_in_use(), packed_.get(), taken_.get()};
  }

  /// All messages from one rank.
  void take(int from, std::span<const Received> received, Device device) const {
    const Team::Offer& offer = team_.of(from);
    expect("exchange",
           {{"ranks on a CUDA device, of 2", offer.device == Device::cuda ? 1 : 0, device == Device::cuda ? 1 : 0}});
    if (device == Device::cuda) offer.packed->wait_for();
    auto next = received.begin();
    const auto is_from = [&](const Received& message) { return message.from == from; };
    for (const Sent& message : offer.sent) {
      if (message.to != rank_) continue;
      next = std::find_if(next, received.end(), is_from);
      expect("exchange", {{"values from another rank", next == received.end() ? 0 : next->count, message.count}});
      copy(*next++, message, offer);
    }
    expect("exchange", {{"messages from another rank", 0, std::count_if(next, received.end(), is_from)}});
  }

  static void copy(const Received& to, const Sent& from, const Team::Offer& offer) {
    const auto bytes = static_cast<std::size_t>(to.count) * sizeof(Real);
    if (bytes == 0) return;
    if (offer.device == Device::cuda)
      cuda::copy_from_device(to.data, from.data, offer.number, bytes);
    else
      std::memcpy(to.data, from.data, bytes);
  }

  Team& team_;
  int rank_;
  std::unique_ptr<cuda::Mark> packed_, taken_;  // made when values are first on a CUDA device
};

}  // namespace

void run_ranks(int ranks, const std::function<void(Communicator&)>& body, const std::vector<int>& devices) {
  require(ranks >= 1, "run_ranks", "ranks: got " + std::to_string(ranks) + ", want at least 1");
  if (!devices.empty()) expect("run_ranks", {{"devices", std::ssize(devices), ranks}});
  Team team(ranks);
  std::vector<std::unique_ptr<ThreadRank>> ends;  // others may ask a rank's marks when it has ended
  for (int r = 0; r < ranks; ++r)
    ends.push_back(std::make_unique<ThreadRank>(team, r));
  const auto run = [&](int rank) {
    std::exception_ptr failure;
    try {
      std::optional<cuda::ThreadDevice> on;
      if (!devices.empty()) on.emplace(devices[static_cast<std::size_t>(rank)]);
      body(*ends[static_cast<std::size_t>(rank)]);
    } catch (...) {
      failure = std::current_exception();
    }
    team.leave(rank, std::move(failure));
  };
  std::vector<std::thread> threads;
  for (int r = 0; r < ranks; ++r) {
    try {
      threads.emplace_back(run, r);
    } catch (...) {  // no more threads: the others must not wait for this one
      team.leave(r, std::current_exception());
    }
  }
  for (std::thread& thread : threads)
    thread.join();
  team.rethrow_failure();
}

}  // namespace mercer
