#include "mercer/base/profile.hpp"

#include <string_view>
#include <utility>

#include "base/timed.hpp"

namespace mercer {

Profile::Profile() : scopes_(1) { scopes_.front().name = "whole"; }

void Profile::enter(Kind kind, const char* name, Index number) {
  const auto is_meant = [&](const Scope& scope) {
    return scope.kind == kind && scope.number == number && std::string_view(scope.name) == name;
  };
  std::size_t found = 0;
  for (const std::size_t child : scopes_[here_].children)
    if (is_meant(scopes_[child])) found = child;
  if (found == 0) {
    found = scopes_.size();
    scopes_[here_].children.push_back(found);
    scopes_.push_back({.kind = kind, .name = name, .number = number, .parent = here_});
  }
  here_ = found;
  begun_.push_back(Clock::now());
}

void Profile::leave() {
  Scope& scope = scopes_[here_];
  scope.seconds += std::chrono::duration<double>(Clock::now() - begun_.back()).count();
  ++scope.calls;
  begun_.pop_back();
  here_ = scope.parent;
}

Profiling::Profiling(Profile* profile) : profile_(profile), before_(profile_of_thread) {
  if (profile_ == nullptr) return;
  profile_of_thread = profile_;
  profile_->begun_.push_back(Profile::Clock::now());
}

Profiling::~Profiling() {
  if (profile_ == nullptr) return;
  profile_->here_ = 0;
  profile_->leave();
  profile_of_thread = before_;
}

void TimedPlace::enter(std::size_t place) {
  std::vector<std::size_t> parts;
  if (place >= profile_->scopes().size()) return;  // of another profile
  for (const auto& scopes = profile_->scopes(); place != 0; place = scopes[place].parent)
    if (scopes[place].kind == Profile::Kind::part) parts.push_back(place);
  for (; !parts.empty(); parts.pop_back()) {
    const Profile::Scope part = profile_->scopes()[parts.back()];
    profile_->enter(part.kind, part.name, part.number);
    ++depth_;
  }
}

}  // namespace mercer
