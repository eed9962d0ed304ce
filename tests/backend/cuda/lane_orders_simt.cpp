#include <doctest/doctest.h>

#include "backend/cuda/lane_orders.hpp"
#include "simt/simt.hpp"

namespace mercer::test {

bool device_present() { return true; }

namespace {

void for_each_order(simt::Order simt::Config::*of, const std::function<void()>& check) {
  for (const simt::Order order : {simt::Order::forward, simt::Order::reverse, simt::Order::random}) {
    INFO("order: ", static_cast<int>(order));
    simt::config().*of = order;
    check();
  }
  simt::config() = {};
}

}  // namespace

void for_each_lane_order(const std::function<void()>& check) { for_each_order(&simt::Config::lanes, check); }
void for_each_stream_order(const std::function<void()>& check) { for_each_order(&simt::Config::streams, check); }

}  // namespace mercer::test
