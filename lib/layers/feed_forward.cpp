#include "mercer/layers/feed_forward.hpp"

namespace mercer {

FeedForward::FeedForward(FeedForwardOptions given, Random& random)
    : options(given),
      first({.in = given.in, .out = given.hidden}, random),
      second({.in = given.hidden, .out = given.out}, random) {}

Variable FeedForward::operator()(const Neighbourhood& neighbourhood, const Variable& x, Pass& pass) const {
  const Variable h = neighbourhood.dropout(options.activation(first(x)), pass.dropout(options.dropout));
  return neighbourhood.dropout(second(h), pass.dropout(options.dropout));
}

Parameters FeedForward::parameters(const std::string& prefix) const {
  Parameters all = first.parameters(prefix + "first.");
  append(all, second.parameters(prefix + "second."));
  return all;
}

}  // namespace mercer
