#include <doctest/doctest.h>

#include "backend/cuda/lane_orders.hpp"
#include "simt/simt.hpp"

namespace mercer::test {

bool device_present() { return true; }

void for_each_lane_order(const std::function<void()>& check) {
  constexpr simt::Order orders[] = {simt::Order::forward, simt::Order::reverse, simt::Order::random};
  for (const simt::Order order : orders) {
    INFO("order of lanes: ", static_cast<int>(order));
    simt::config().lanes = order;
    check();
  }
  simt::config() = {};
}

}  // namespace mercer::test
