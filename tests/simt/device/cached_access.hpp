#pragma once
// Loads and stores with a cache hint; the traffic counters see these and no others.

template <class T>
T __ldg(const T* address) {
  return *address;
}
