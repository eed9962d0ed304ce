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

bool Team::come(std::unique_lock<std::mutex>& lock, bool surely) {
  const auto meeting = meetings_;
  if (++here_ == size()) {
    here_ = 0;
    ++meetings_;
    went_well_ = failed_ < 0;  // decided here once, so that later failures don't change this meeting's result
    changed_.notify_all();
    return true;
  }
  changed_.wait(lock, [&] { return meetings_ != meeting || (gone_ >= 0 && !surely); });
  return meetings_ != meeting;
}

void Team::meet() {
  std::unique_lock lock(mutex_);
  if (gone_ >= 0 || !come(lock, false)) give_up();
}

void Team::meet_surely(int rank, const std::exception_ptr& failure) {
  std::unique_lock lock(mutex_);
  note(rank, failure);
  come(lock, true);
  if (failure != nullptr) std::rethrow_exception(failure);
  if (!went_well_) give_up();
}

void Team::note(int rank, const std::exception_ptr& failure) {
  if (failure == nullptr || failed_ >= 0) return;
  failed_ = rank;
  failure_ = failure;
}

void Team::leave(int rank, const std::exception_ptr& failure) {
  const std::scoped_lock lock(mutex_);
  if (gone_ < 0) gone_ = rank;
  note(rank, failure);
  changed_.notify_all();
}

void Team::rethrow_failure() const {
  if (failure_ != nullptr) std::rethrow_exception(failure_);
}

}  // namespace mercer::exchanging
