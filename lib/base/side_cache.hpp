#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <typeindex>
#include <utility>

namespace mercer {

/// Objects that other code keeps with an immutable value: at most one for each type and number. Thread-safe.
class SideCache {
 public:
  /// The object of that type and number; the first call makes it by make(). Nothing is kept when make() throws.
  template <class T, class Make>
  const T& get(std::size_t number, Make&& make) {
    const std::scoped_lock lock(mutex_);
    std::shared_ptr<const void>& kept = kept_[{typeid(T), number}];
    if (kept == nullptr) kept = std::make_shared<const T>(make());
    return *static_cast<const T*>(kept.get());
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::type_index, std::size_t>, std::shared_ptr<const void>> kept_;
};

}  // namespace mercer
