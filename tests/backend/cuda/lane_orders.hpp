#pragma once

#include <functional>

/// Who runs the kernels: the SIMT machine or a device. One file for each is linked.
namespace mercer::test {

bool device_present();

/// Calls check() once for every order in which lanes and blocks may run; on a device, which has its own, once.
void for_each_lane_order(const std::function<void()>& check);
/// The same for work of different streams that no event orders.
void for_each_stream_order(const std::function<void()>& check);

}  // namespace mercer::test
