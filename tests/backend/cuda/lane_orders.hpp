#pragma once

#include <functional>

/// The machine that runs the kernels: the SIMT machine or a device. One of two files is linked.
namespace mercer::test {

bool device_present();

/// Whether each of support/own_kernels.hpp was compiled for it, or StudentT and OwnMixture alone.
bool has_every_own_kernel();

/// Calls check() once for every order in which lanes and blocks may run; once on a device.
void for_each_lane_order(const std::function<void()>& check);
/// Calls check() once for every order of work on different streams without events between them.
void for_each_stream_order(const std::function<void()>& check);

}  // namespace mercer::test
