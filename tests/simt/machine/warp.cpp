#include "simt/machine/warp.hpp"

#include <algorithm>

#include "simt/machine/fault.hpp"
#include "simt/machine/grid.hpp"
#include "simt/machine/happens_before.hpp"
#include "simt/machine/running.hpp"
#include "simt/machine/traffic.hpp"

namespace simt {
namespace {

template <class Visit>
void for_each_bit(std::uint32_t mask, Visit visit) {
  for (; mask != 0; mask &= mask - 1)
    visit(static_cast<unsigned>(__builtin_ctz(mask)));
}

bool is_shuffle(Op op) {
  return op == Op::shuffle_index || op == Op::shuffle_up || op == Op::shuffle_down || op == Op::shuffle_xor;
}

}  // namespace

void Warp::start(unsigned first, unsigned lanes, dim3 block, void (*body)()) {
  live_ = ready_ = lanes == warp_lanes ? ~0u : (1u << lanes) - 1;
  waiting_ = at_barrier_ = 0;
  for (unsigned l = 0; l < lanes; ++l) {
    if (!lanes_[l]) lanes_[l] = std::make_unique<Lane>();
    const unsigned thread = first + l;
    lanes_[l]->index = {thread % block.x, thread / block.x % block.y, thread / (block.x * block.y)};
    lanes_[l]->fiber.start(body);
  }
}

void Warp::run(Picker& picker) {
  while (ready_ != 0) {
    const unsigned l = picker.pick(ready_);
    ready_ &= ~(1u << l);
    running = {this, lanes_[l].get(), l};
    threadIdx = lanes_[l]->index;
    lanes_[l]->fiber.resume();
    rethrow_failure();
  }
  close_interval();
  complete_groups();
  if (waiting_ != 0 && ready_ == 0) fault_deadlock();
}

void Warp::release_barrier() {
  ready_ |= at_barrier_;
  at_barrier_ = 0;
}

void Warp::wait_for_group(unsigned lane) { waiting_ |= 1u << lane; }

void Warp::wait_at_barrier(unsigned lane) { at_barrier_ |= 1u << lane; }

void Warp::complete_groups() {
  for_each_bit(waiting_, [this](unsigned l) {
    if ((waiting_ >> l & 1) == 0) return;  // released with a lower lane
    check_reachable(*lanes_[l]);
    if (is_complete(*lanes_[l])) complete(lanes_[l]->mask);
  });
}

void Warp::check_reachable(const Lane& lane) const {
  const std::uint32_t gone = lane.mask & ~live_;
  if (gone != 0) {
    throw Fault(std::string(name_of(lane.op)) + ": its mask names lane " + std::to_string(__builtin_ctz(gone)) +
                ", which has returned or does not exist: " + place_of(lane));
  }
  const std::uint32_t elsewhere = lane.mask & at_barrier_;
  if (elsewhere != 0) {
    throw Fault(std::string("deadlock: ") + name_of(lane.op) + " waits for a lane that is at __syncthreads: " +
                place_of(lane) + " / " + place_of(*lanes_[static_cast<unsigned>(__builtin_ctz(elsewhere))]));
  }
}

bool Warp::is_complete(const Lane& lane) const {
  if ((lane.mask & ~waiting_) != 0) return false;
  bool all_here = true;
  for_each_bit(lane.mask, [&](unsigned l) {
    const Lane& other = *lanes_[l];
    if (other.mask != lane.mask) {
      all_here = false;
    } else if (other.op != lane.op) {
      throw Fault("lanes of one mask meet at different operations: " + std::string(name_of(lane.op)) + " " +
                  place_of(lane) + " / " + name_of(other.op) + " " + place_of(other));
    }
  });
  return all_here;
}

void Warp::complete(std::uint32_t group) {
  waiting_ &= ~group;
  ready_ |= group;
  Meeting meeting;
  for_each_bit(group, [&](unsigned l) { meeting.release(*lanes_[l]); });
  for_each_bit(group, [&](unsigned l) { meeting.acquire(*lanes_[l]); });
  const Op op = lanes_[static_cast<unsigned>(__builtin_ctz(group))]->op;
  if (op == Op::syncwarp) return;
  std::array<std::uint64_t, warp_lanes> value{};
  std::uint32_t ballot = 0;
  for_each_bit(group, [&](unsigned l) {
    value[l] = lanes_[l]->value;
    ballot |= static_cast<std::uint32_t>(value[l] != 0) << l;
  });
  for_each_bit(group, [&](unsigned l) {
    Lane& lane = *lanes_[l];
    if (is_shuffle(op)) {
      lane.value = (group >> lane.source & 1) != 0 ? value[lane.source] : ~std::uint64_t{0};
    } else {
      lane.value = op == Op::ballot ? ballot : op == Op::any ? ballot != 0 : ballot == group;
    }
  });
}

void Warp::fault_deadlock() const {
  const Lane& first = *lanes_[static_cast<unsigned>(__builtin_ctz(waiting_))];
  std::string text =
      "deadlock: " + std::string(name_of(first.op)) + " waits for lanes that wait elsewhere: " + place_of(first);
  for_each_bit(waiting_, [&](unsigned l) {
    const Lane& other = *lanes_[l];
    if (&other == &first || (other.mask == first.mask && other.op == first.op)) return;
    text += " / " + std::string(name_of(other.op)) + " " + place_of(other);
  });
  throw Fault(text);
}

}  // namespace simt
