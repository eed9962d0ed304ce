#include "mercer/exchange/ranks.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "backend/nccl.hpp"
#include "exchange/team.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"

namespace mercer {
namespace {

using exchanging::Team;

/// The communicator of a rank that is a thread. It copies received values from the senders' memory, or, between CUDA
/// devices with NCCL, calls `nccl`.
class ThreadRank : public Communicator {
 public:
  ThreadRank(Team& team, int rank, cuda::NcclEnd* nccl) : team_(team), rank_(rank), nccl_(nccl) {}

  int rank() const override { return rank_; }
  int size() const override { return team_.size(); }

 private:
  void transfer(std::span<const Sent> sent, std::span<const Received> received, Device device) override {
    const bool joined = device.is_cuda() && nccl_ != nullptr, marked = device.is_cuda() && !joined;
    Team::Offer offer{.sent = sent, .received = received, .device = device};
    if (marked) mark_packed(offer);
    team_.lay_out(rank_, offer);
    team_.meet();
    // from here on this rank must not leave before the others have copied their messages
    std::exception_ptr failure;
    std::vector<const cuda::Mark*> takers;
    try {
      joined ? hand_to_nccl(sent, received) : take();
      if (marked) {
        taken_->set();
        for (const Sent& message : sent)
          takers.push_back(team_.of(message.to).taken);
      }
    } catch (...) {
      failure = std::current_exception();
    }
    team_.meet_surely(rank_, failure);
    for (const cuda::Mark* taker : takers)
      taker->wait_for();  // this device may then overwrite the messages
  }

  void mark_packed(Team::Offer& offer) {
    if (taken_ == nullptr) packed_ = cuda::new_mark(), taken_ = cuda::new_mark();
    packed_->set();
    offer.number = cuda_device_in_use();
    offer.packed = packed_.get(), offer.taken = taken_.get();
  }

  /// Calls visit(received, sent) for each message from rank `from` to rank `to`; throws when they don't match.
  template <class Visit>
  void match(int from, int to, Visit visit) const {
    const Team::Offer &sender = team_.of(from), &receiver = team_.of(to);
    const bool there = sender.device.is_cuda(), here = receiver.device.is_cuda();
    expect("exchange", {{"ranks on a CUDA device, of 2", there ? 1 : 0, here ? 1 : 0}});
    auto next = receiver.received.begin();
    const auto end = receiver.received.end();
    const auto is_from = [&](const Received& message) { return message.from == from; };
    for (const Sent& message : sender.sent) {
      if (message.to != to) continue;
      next = std::find_if(next, end, is_from);
      expect("exchange", {{"values from another rank", next == end ? 0 : next->count, message.count}});
      visit(*next++, message);
    }
    expect("exchange", {{"messages from another rank", 0, std::count_if(next, end, is_from)}});
  }

  template <class Visit>
  void for_each_other(int rank, Visit visit) const {
    for (int other = 0; other < size(); ++other)
      if (other != rank) visit(other);
  }

  /// Copies all messages to this rank.
  void take() const {
    for_each_other(rank_, [&](int from) {
      const Team::Offer& offer = team_.of(from);
      bool waited = offer.packed == nullptr;
      match(from, rank_, [&](const Received& to, const Sent& message) {
        if (!std::exchange(waited, true)) offer.packed->wait_for();
        copy(to, message, offer);
      });
    });
  }

  static void copy(const Received& to, const Sent& from, const Team::Offer& offer) {
    const auto bytes = static_cast<std::size_t>(to.count) * sizeof(Real);
    if (bytes == 0) return;
    if (offer.device.is_cuda())
      cuda::copy_from_device(to.data, from.data, offer.number, bytes);
    else
      std::memcpy(to.data, from.data, bytes);
  }

  void hand_to_nccl(std::span<const Sent> sent, std::span<const Received> received) const {
    // a device would wait for ever for a missing message: every rank checks all messages, so that all throw or none
    for (int to = 0; to < size(); ++to)
      for_each_other(to, [&](int from) { match(from, to, [](const Received&, const Sent&) {}); });
    std::vector<cuda::NcclMessage> out, in;
    for (const Sent& message : sent)
      if (message.count > 0) out.push_back({message.to, const_cast<Real*>(message.data), message.count});
    for (const Received& message : received)
      if (message.count > 0) in.push_back({message.from, message.data, message.count});
    nccl_->exchange(out, in);
  }

  Team& team_;
  int rank_;
  cuda::NcclEnd* nccl_;
  std::unique_ptr<cuda::Mark> packed_, taken_;  // made when values are first copied between CUDA devices
};

using NcclEnds = std::vector<std::unique_ptr<cuda::NcclEnd>>;

/// True when NCCL is wanted and several ranks have different devices.
bool may_use_nccl(const RankOptions& options) {
  const std::set<int> distinct(options.devices.begin(), options.devices.end());
  return options.nccl && distinct.size() >= 2 && distinct.size() == options.devices.size();
}

}  // namespace

std::string carrier(const RankOptions& options) {
  if (options.devices.empty()) return "copies in the host's memory";
  return may_use_nccl(options) ? "NCCL " + nccl_description() : "copies from device to device";
}

void run_ranks(int ranks, const std::function<void(Communicator&)>& body, const RankOptions& options) {
  require(ranks >= 1, "run_ranks", "ranks: got " + std::to_string(ranks) + ", want at least 1");
  const std::vector<int>& devices = options.devices;
  if (!devices.empty()) expect("run_ranks", {{"devices", std::ssize(devices), ranks}});
  const NcclEnds nccl = may_use_nccl(options) ? cuda::join_by_nccl(options.devices) : NcclEnds();
  Team team(ranks);
  std::vector<std::unique_ptr<ThreadRank>> ends;  // others may use a rank's marks after it has ended
  for (int r = 0; r < ranks; ++r)
    ends.push_back(
        std::make_unique<ThreadRank>(team, r, nccl.empty() ? nullptr : nccl[static_cast<std::size_t>(r)].get()));
  const auto run = [&](int rank) {
    const auto me = static_cast<std::size_t>(rank);
    std::exception_ptr failure;
    try {
      std::optional<ThreadDevice> on;
      if (!devices.empty()) on.emplace(devices[me]);
      body(*ends[me]);
      if (!nccl.empty()) nccl[me]->close();
    } catch (...) {
      failure = std::current_exception();
    }
    team.leave(rank, failure);
    if (failure == nullptr) return;
    for (const auto& end : nccl)
      end->abort();  // so that no device waits for this rank
  };
  std::vector<std::thread> threads;
  for (int r = 0; r < ranks; ++r) {
    try {
      threads.emplace_back(run, r);
    } catch (...) {  // the thread can't start: the others must not wait for it
      team.leave(r, std::current_exception());
    }
  }
  for (std::thread& thread : threads)
    thread.join();
  team.rethrow_failure();
}

}  // namespace mercer
