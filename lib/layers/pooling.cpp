#include "mercer/layers/pooling.hpp"

#include <string>
#include <utility>
#include <vector>

#include "mercer/attention/attend.hpp"
#include "mercer/base/check.hpp"
#include "mercer/kernel/constant.hpp"
#include "mercer/kernel/exponential.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {
namespace {

constexpr double first_deviation_of_cls = 0.02;

/// One target for each segment, which attends to its rows.
Segments one_target_each(const Segments& segments) {
  std::vector<Index> one_each;
  for (Index s = 0; s <= segments.count(); ++s)
    one_each.push_back(s);
  return {std::move(one_each), {segments.source_offset().begin(), segments.source_offset().end()}};
}

/// The number of the first row of each of the longer segments.
std::vector<Node> starts_of(const Segments& segments) {
  std::vector<Node> start;
  for (Index s = 0; s < segments.count(); ++s)
    start.push_back(static_cast<Node>(segments.target_offset()[static_cast<std::size_t>(s)] + s));
  return start;
}

}  // namespace

AttentionPooling::AttentionPooling(AttentionPoolingOptions given, Random& random)
    : options(given),
      query(glorot_uniform(1, given.width, random)),
      key({.in = given.width, .out = given.width}, random) {
  expect_at_least_one("AttentionPooling", "heads", options.heads);
  require(options.width % options.heads == 0, "AttentionPooling",
          "width: got " + std::to_string(options.width) + ", want a multiple of the " + std::to_string(options.heads) +
              " heads");
}

Variable AttentionPooling::operator()(const Segments& segments, const Variable& x) const {
  const Variable q = gather_rows(query, std::vector<Node>(static_cast<std::size_t>(segments.count()), 0));
  const AnyKernel kernel = AnyKernel(Exponential{}).fitted(options.width / options.heads);
  return attend(one_target_each(segments), kernel, q, key(x), x, {.heads = options.heads});
}

Parameters AttentionPooling::parameters(const std::string& prefix) const {
  Parameters all = named(prefix, {{"query", query}});
  append(all, key.parameters(prefix + "key."));
  return all;
}

InstancePooling::InstancePooling(Index width, Random& random)
    : hidden({.in = width, .out = width}, random), score({.in = width, .out = 1, .bias = false}, random) {}

Variable InstancePooling::operator()(const Segments& segments, const Variable& x) const {
  const Variable log_magnitude = score(tanh(hidden(x)));
  return attend(one_target_each(segments), Constant{}, {}, {}, x, {.key_bias = log_magnitude});
}

Parameters InstancePooling::parameters(const std::string& prefix) const {
  Parameters all = hidden.parameters(prefix + "hidden.");
  append(all, score.parameters(prefix + "score."));
  return all;
}

ClsRow::ClsRow(Index width, Random& random) {
  expect_at_least_one("ClsRow", "width", width);
  Tensor first(1, width);
  for (Real& x : first.values())
    x = static_cast<Real>(first_deviation_of_cls * random.normal());
  row = Variable(std::move(first), true);
}

Segments ClsRow::longer(const Segments& segments) {
  std::vector<Index> offset(segments.target_offset().begin(), segments.target_offset().end());
  for (std::size_t s = 0; s < offset.size(); ++s)
    offset[s] += static_cast<Index>(s);
  return Segments(std::move(offset));
}

Variable ClsRow::operator()(const Segments& segments, const Variable& x) const {
  expect("ClsRow",
         {{"rows of x", x.rows("ClsRow"), segments.targets()}, {"columns of x", x.columns("ClsRow"), row.columns()}});
  const Index rows = segments.targets() + segments.count();
  Tensor is_first(rows, 1), is_other(rows, x.columns());
  std::vector<Node> from(static_cast<std::size_t>(rows), 0);
  Index i = 0;
  const auto offset = segments.target_offset();
  for (std::size_t s = 0; s + 1 < offset.size(); ++s) {
    is_first(i++, 0) = 1;
    for (Index j = offset[s]; j < offset[s + 1]; ++j, ++i) {
      from[static_cast<std::size_t>(i)] = static_cast<Node>(j);
      for (Index c = 0; c < x.columns(); ++c)
        is_other(i, c) = 1;
    }
  }
  const Variable cls = matmul(Variable(is_first.to(x.device())), row);
  if (x.rows() == 0) return cls;
  return add(cls, multiply(gather_rows(x, from), Variable(is_other.to(x.device()))));
}

Variable ClsRow::first_rows(const Segments& segments, const Variable& y) { return gather_rows(y, starts_of(segments)); }

Parameters ClsRow::parameters(const std::string& prefix) const { return named(prefix, {{"row", row, false}}); }

}  // namespace mercer
