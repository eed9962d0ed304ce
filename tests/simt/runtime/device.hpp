#pragma once
#include <cstddef>
#include <vector>

namespace simt {

std::size_t device_bytes(int device);
int device_count();
int current_device();
void set_devices(const std::vector<std::size_t>& bytes);

inline constexpr int runtime_version = 13000;
inline constexpr std::size_t shared_bytes_by_default = 48 * 1024;  // more needs cudaFuncSetAttribute
inline constexpr std::size_t shared_bytes_at_most = 227 * 1024;

}  // namespace simt
