#include "exchange/team.hpp"

#include <string>

namespace mercer::exchanging {
namespace {

std::string words_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

}  // namespace

void Team::give_up() const {
  if (failed_ >= 0) throw RankError("[exchange] rank " + std::to_string(failed_) + " failed: " + words_of(failure_));
  throw RankError("[exchange] rank " + std::to_string(gone_) + " has ended, others still want to exchange with it");
}

void Team::come(bool surely) {
  std::unique_lock lock(mutex_);
  if (gone_ >= 0 && !surely) give_up();
  const auto meeting = meetings_;
  if (++here_ == size()) {
    here_ = 0;
    ++meetings_;
    changed_.notify_all();
    return;
  }
  changed_.wait(lock, [&] { return meetings_ != meeting || (gone_ >= 0 && !surely); });
  if (meetings_ == meeting) give_up();
}

void Team::leave(int rank, std::exception_ptr failure) {
  const std::scoped_lock lock(mutex_);
  if (gone_ < 0) gone_ = rank;
  if (failure != nullptr && failed_ < 0) {
    failed_ = rank;
    failure_ = std::move(failure);
  }
  changed_.notify_all();
}

void Team::rethrow_failure() const {
  if (failure_ != nullptr) std::rethrow_exception(failure_);
}

}  // namespace mercer::exchanging
