#include "simt/runtime/queue.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "simt/machine/fault.hpp"
#include "simt/machine/order.hpp"
#include "simt/runtime/memory.hpp"
#include "simt/simt.hpp"

namespace simt {
namespace {

bool is_ready(const Work& work) {
  return std::all_of(work.after.begin(), work.after.end(), [](const WorkPtr& w) { return w->done; });
}

double now() {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  return Milliseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Queue& queue() {
  static Queue queue;
  return queue;
}

WorkPtr Queue::push(std::uint64_t track, std::function<void()> action, std::vector<WorkPtr> after) {
  std::erase_if(after, [](const WorkPtr& w) { return w == nullptr || w->done; });
  auto work = std::make_shared<Work>(Work{std::move(action), std::move(after), track});
  tracks_[track].push_back(work);
  return work;
}

WorkPtr Queue::last(std::uint64_t track) const {
  const auto found = tracks_.find(track);
  return found == tracks_.end() ? nullptr : found->second.back();
}

// The heads of all tracks whose conditions are met are the choices.
WorkPtr Queue::take_ready() {
  std::vector<std::uint64_t> ready;
  for (const auto& [track, works] : tracks_) {
    if (is_ready(*works.front())) ready.push_back(track);
  }
  if (ready.empty()) return nullptr;
  std::size_t choice = 0;
  if (config().streams == Order::reverse) choice = ready.size() - 1;
  if (config().streams == Order::random) choice = Picker(Order::random, config().seed + ++steps_).draw(ready.size());
  const auto track = tracks_.find(ready[choice]);
  WorkPtr work = std::move(track->second.front());
  track->second.pop_front();
  if (track->second.empty()) tracks_.erase(track);
  return work;
}

void Queue::run(const WorkPtr& work) {
  work->done = true;
  work->after.clear();
  try {
    if (work->action) work->action();
  } catch (...) {
    clear();  // a GPU's context would be lost with all that is in it
    throw;
  }
  work->finished_at = now();
}

void Queue::run_until(const WorkPtr& work) {
  throw_kept();
  if (work == nullptr || work->done) return;
  const OpenMemory open;
  while (!work->done) {
    const WorkPtr next = take_ready();
    if (next == nullptr) throw Fault("the host waits for work that was never handed over");
    run(next);
  }
}

void Queue::run_all() {
  throw_kept();
  if (tracks_.empty()) return;
  const OpenMemory open;
  while (const WorkPtr next = take_ready())
    run(next);
}

void Queue::run_one() {
  throw_kept();
  const OpenMemory open;
  if (const WorkPtr next = take_ready()) run(next);
}

void Queue::run_all_quietly() noexcept {
  if (kept_) return;
  try {
    run_all();
  } catch (...) {
    kept_ = std::current_exception();
  }
}

void Queue::throw_kept() {
  if (kept_) std::rethrow_exception(std::exchange(kept_, nullptr));
}

void Queue::reset() {
  clear();
  next_track_ = steps_ = 0;
}

void Queue::clear() {
  for (auto& [track, works] : tracks_) {
    for (const WorkPtr& work : works)
      work->done = true;
  }
  tracks_.clear();
}

}  // namespace simt
