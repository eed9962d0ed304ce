#include <doctest/doctest.h>

#include <span>

#include "backend/cuda/lane_orders.hpp"
#include "simt/simt.hpp"

namespace mercer::test {

bool device_present() { return true; }
bool has_every_own_kernel() { return MERCER_EVERY_OWN_KERNEL; }

namespace {

using simt::Order;
constexpr Order every[] = {Order::forward, Order::reverse, Order::random};
constexpr Order one[] = {Order::random};

void for_each_order(std::span<const Order> orders, Order simt::Config::*of, const std::function<void()>& check) {
  for (const Order order : orders) {
    INFO("order: ", static_cast<int>(order));
    simt::config().*of = order;
    check();
  }
  simt::config() = {};
}

}  // namespace

// An access out of bounds shows in any order of lanes, and AddressSanitizer is slow.
void for_each_lane_order(const std::function<void()>& check) {
  const std::span<const Order> orders = simt::under_asan ? std::span<const Order>(one) : every;
  for_each_order(orders, &simt::Config::lanes, check);
}
void for_each_stream_order(const std::function<void()>& check) { for_each_order(every, &simt::Config::streams, check); }

}  // namespace mercer::test
