#include "backend/cuda/cublas_face.hpp"
#include "backend/cuda/lane_orders.hpp"
#include "mercer/device/device.hpp"

namespace mercer::test {

bool device_present() { return cuda_available(); }
bool has_every_own_kernel() { return false; }

void cublas_goes_away(bool) {}  // a device uses the real one, if any

void for_each_lane_order(const std::function<void()>& check) { check(); }
void for_each_stream_order(const std::function<void()>& check) { check(); }

}  // namespace mercer::test
