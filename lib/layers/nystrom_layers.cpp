#include "mercer/layers/nystrom_layers.hpp"

#include <algorithm>
#include <string>

#include "backend/convolution_ops.hpp"
#include "backend/operator.hpp"
#include "base/heads.hpp"
#include "layers/sums.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"
#include "mercer/kernel/gaussian.hpp"
#include "mercer/layers/edge_facts.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {
namespace {

const AttentionLayerOptions& checked_for_landmarks(const char* name, const AttentionLayerOptions& layer) {
  require(
      layer.attention_dropout == 0, name,
      "attention_dropout: got " + std::to_string(layer.attention_dropout) + ", want 0: no weights of pairs are formed");
  return checked(name, layer);
}

Linear landmark_projection(const AttentionLayerOptions& layer, Index width, bool bias, Random& random) {
  return Linear({.in = layer.in, .out = layer.heads * width, .bias = bias}, random);
}

const Segments& segments_for(const char* name, const Neighbourhood& neighbourhood, const Input& x, Index columns) {
  refuse_other_facts(name, neighbourhood);
  const auto* segments = std::get_if<Segments>(&neighbourhood.topology());
  require(segments != nullptr, name, "neighbourhood: got a graph or a block, want segments, one for each sequence");
  expect_input(name, neighbourhood, x, columns);
  if (x.device().is_cuda())
    throw DeviceError(std::string("[") + name + "] x: got it on a CUDA device, want the CPU, which has landmarks");
  return *segments;
}

/// 1 in the rows of landmarks that are of q, 0 in the others; [landmarks, columns].
Tensor half_of_landmarks(Index landmarks, Index count, Index columns) {
  Tensor mask(landmarks, columns);
  for (Index i = 0; i < landmarks; ++i)
    if (i % count < count / 2) std::fill_n(mask.row(i), columns, Real(1));
  return mask;
}

Tensor uniform_places(Index count, Random& random) {
  Tensor places(1, count);
  for (Real& place : places.values())
    place = static_cast<Real>(random.uniform());
  return places;
}

}  // namespace

SkyformerAttention::SkyformerAttention(const AttentionLayerOptions& sizes, const SkyformerOptions& given,
                                       Random& random)
    : layer(checked_for_landmarks("SkyformerAttention", sizes)),
      options(given),
      query(landmark_projection(layer, options.key_width.value_or(layer.width), options.projection_bias, random)),
      key(landmark_projection(layer, options.key_width.value_or(layer.width), options.projection_bias, random)),
      value(landmark_projection(layer, layer.width, options.projection_bias, random)),
      join_heads(layer, random) {
  expect_at_least_one("SkyformerAttention", "landmarks", options.landmarks);
  places = Variable(uniform_places(options.landmarks, random));
}

Output SkyformerAttention::operator()(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  const LandmarkSegments segments(segments_for("SkyformerAttention", neighbourhood, given, layer.in),
                                  options.landmarks);
  const Input x = neighbourhood.dropout(given, pass.dropout(layer.input_dropout));
  const Variable q = query(x), k = key(x), v = neighbourhood.dropout(value(x), pass.dropout(layer.value_dropout));
  const Stream stream = pass.stream();
  Tensor drawn = places.value();
  if (pass.is_training() && options.noise == Noise::redrawn) {
    Random random(stream);
    drawn = uniform_places(options.landmarks, random);
  }
  const std::vector<Node> rows = segments.rows_at(drawn);
  const Variable of_q(half_of_landmarks(segments.landmarks(), options.landmarks, q.columns()));
  const Variable landmarks =
      add(multiply(gather_rows(q, rows), of_q), multiply(gather_rows(k, rows), shift(scale(of_q, -1), 1)));
  const AnyKernel kernel = AnyKernel(Gaussian{}).fitted(q.columns() / layer.heads);
  return {join_heads(
      attend_completed(segments, kernel, q, k, v, landmarks, layer.heads, options.gamma, options.inverse), x)};
}

Parameters SkyformerAttention::parameters(const std::string& prefix) const {
  Parameters all = query.parameters(prefix + "query.");
  append(all, key.parameters(prefix + "key."));
  append(all, value.parameters(prefix + "value."));
  all.push_back({prefix + "places", places, false});
  append(all, join_heads.parameters(prefix));
  return all;
}

NystromAttention::NystromAttention(const AttentionLayerOptions& sizes, const NystromOptions& given, Random& random)
    : layer(checked_for_landmarks("NystromAttention", sizes)),
      options(given),
      query(landmark_projection(layer, layer.width, options.projection_bias, random)),
      key(landmark_projection(layer, layer.width, options.projection_bias, random)),
      value(landmark_projection(layer, layer.width, options.projection_bias, random)),
      join_heads(layer, random) {
  expect_at_least_one("NystromAttention", "landmarks", options.landmarks);
  const Index count = options.convolution;
  require(count == 0 || count % 2 == 1, "NystromAttention",
          "convolution: got " + std::to_string(count) + " taps, want an odd number, or 0 for none");
  if (count > 0) taps = kaiming_uniform(count, layer.heads, count, std::sqrt(Real(5)), random);
}

Output NystromAttention::operator()(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  const LandmarkSegments segments(segments_for("NystromAttention", neighbourhood, given, layer.in), options.landmarks);
  const Input x = neighbourhood.dropout(given, pass.dropout(layer.input_dropout));
  const Variable q = query(x), k = key(x), v = neighbourhood.dropout(value(x), pass.dropout(layer.value_dropout));
  const Variable y = attend_by_means(segments, q, k, v, layer.heads);
  return {join_heads(taps ? add(y, convolved_rows(segments.rows(), v, taps)) : y, x)};
}

Parameters NystromAttention::parameters(const std::string& prefix) const {
  Parameters all = query.parameters(prefix + "query.");
  append(all, key.parameters(prefix + "key."));
  append(all, value.parameters(prefix + "value."));
  append(all, named(prefix, {{"taps", taps}}));
  append(all, join_heads.parameters(prefix));
  return all;
}

Variable convolved_rows(const Segments& segments, const Variable& v, const Variable& w) {
  expect("convolved_rows", {{"rows of v", v.rows(), segments.targets()}});
  expect_heads("convolved_rows", "v", v.columns(), w.columns());
  require(w.rows() % 2 == 1, "convolved_rows", "taps: got " + std::to_string(w.rows()) + ", want an odd number");
  Tensor y = Tensor::uninitialized(v.rows(), v.columns());
  const TimedOperator timed("convolved_rows", Device::cpu);
  cpu::convolved_rows(segments.target_offset(), w.value(), v.value(), y);
  return Variable::record(std::move(y), {v, w}, [segments](std::span<Variable> in, Tensor& dy) {
    Tensor dv = Tensor::uninitialized(in[0].rows(), in[0].columns()), dw(in[1].rows(), in[1].columns());
    const TimedOperator timed_backward("convolved_rows_backward", Device::cpu);
    cpu::convolved_rows_backward(segments.target_offset(), in[1].value(), in[0].value(), dy, dv, dw);
    in[0].add_grad(std::move(dv));
    in[1].add_grad(std::move(dw));
  });
}

}  // namespace mercer
