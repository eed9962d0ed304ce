#include "mercer/attention/attend.hpp"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "attention/part.hpp"
#include "attention/terms.hpp"
#include "backend/cpu/rounded.hpp"
#include "backend/select.hpp"
#include "base/heads.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"

namespace mercer {
namespace {

/// Memory for the gradient of an operand, or empty when it is not needed.
Tensor gradient_memory(const Variable& x) {
  return x.wants_grad() ? Tensor::uninitialized(x.rows(), x.columns(), x.device()) : Tensor();
}

/// The gradient of a bias that cancels is 0.
Tensor zeros_like(const Variable& x) { return x.wants_grad() ? Tensor::like(x.value()) : Tensor(); }

/// On a device, saving ∂y/∂q spares a pass over edges, unless gradients of edges need that pass. The CPU recomputes:
/// its passes skip rows whose dy is 0.
bool wants_slope(const AnyKernel& kernel, const Variable& q, const AttendOptions& options) {
  return kernel.traits().has_slope && q.device().is_cuda() && q.wants_grad() && !options.edge_bias.wants_grad() &&
         !options.edge_weight.wants_grad();
}

/// One call of attend. The execution is chosen here, once, for the forward and the backward pass.
class Run {
 public:
  Run(Terms& terms, ConstView v)
      : terms_(terms),
        on_cpu_(v.device.is_cpu()),
        streamed_(v.device.is_cpu() ? terms.neighbourhood.streamed() : nullptr),
        part_(terms.neighbourhood.partitioned()) {
    if (streamed_ == nullptr) edges_ = edge_lists(terms.topology, v.device);
    if (streamed_ != nullptr && !cuda_available())
      throw DeviceError("[attend] streamed: want a CUDA device, got " + cuda_description() + "; Local runs on the CPU");
    if (part_ != nullptr) sources_.emplace(terms.edge, v, *part_->halo);
    if (part_ == nullptr && streamed_ == nullptr && on_cpu_) {
      brain_ = cpu::brain_operands(terms.edge, edges_.adjacency, v);
      terms.edge.brain = brain_ ? &*brain_ : nullptr;
    }
  }

  Run(const Run&) = delete;  // the terms point to brain_
  Run& operator=(const Run&) = delete;

  Index forward(ConstView v, View y, const Kept& kept) const {
    if (streamed_ != nullptr)
      return select(v.device, streamed::attend_forward, streamed::attend_forward, "attend")(
          terms_.edge, terms_.topology, streamed_->device_bytes, v, y, kept);
    return select(v.device, cpu::attend_forward, cuda::attend_forward, "attend")(
        sources_ ? sources_->terms : terms_.edge, edges_.adjacency, sources_ ? sources_->v : v, y, kept);
  }

  /// May the gradients of k and v be one matrix, their sum? The passes over edges on the CPU add to it in turn.
  bool adds_up_sources() const { return on_cpu_ && streamed_ == nullptr && edges_.adjacency.edges.run == nullptr; }

  /// `of_columns`: are gradients of sources needed? It must be the same on every part, even one without rows.
  void backward(ConstView v, ConstView y, const Kept& kept, ConstView dy, const EdgeGradients& out,
                bool of_columns) const {
    if (streamed_ != nullptr)
      select(v.device, streamed::attend_backward, streamed::attend_backward, "attend")(
          terms_.edge, terms_.topology, streamed_->device_bytes, v, y, kept, dy, out);
    else if (part_ != nullptr)
      parts::attend_backward({terms_.edge, edges_, *part_->halo}, *sources_, v, y, kept, dy, out, of_columns);
    else
      select(v.device, cpu::attend_backward, cuda::attend_backward, "attend")(terms_.edge, edges_, v, y, kept, dy, out);
  }

 private:
  const Terms& terms_;
  bool on_cpu_;
  std::optional<BrainOperands> brain_;
  const Streamed* streamed_;
  const Partitioned* part_;
  EdgeLists edges_;                        // empty when streamed
  std::optional<parts::Sources> sources_;  // when partitioned
};

}  // namespace

Variable attend(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q, const Variable& k,
                const Variable& v, const AttendOptions& options) {
  const auto terms = std::make_shared<Terms>(neighbourhood, kernel, q, k, options, v.device());
  expect("attend", {{"rows of v", v.rows(), neighbourhood.columns()}});
  expect_heads("attend", "v", v.columns(), options.heads);
  const auto run = std::make_shared<const Run>(*terms, v.value());
  Tensor y = Tensor::uninitialized(neighbourhood.rows(), v.columns(), v.device());
  const auto kept = std::make_shared<KeptTensors>(y, terms->edge, wants_slope(kernel, q, options));
  const Index guarded = run->forward(v.value(), y, kept->view());
  if (options.guarded != nullptr) *options.guarded += guarded;

  std::vector<Variable> inputs = inputs_of_weights(q, k, options);
  inputs.insert(inputs.begin() + 2, v);
  return Variable::record(
      std::move(y), std::move(inputs), [terms, run, kept](std::span<Variable> in, const Tensor& y, Tensor& dy) {
        terms->take_ends(in[0], in[1]);
        Tensor gradient[9];
        const bool shared = run->adds_up_sources() && in[1] && &in[1].value() == &in[2].value();
        for (std::size_t n = 0; n < 9; ++n)
          if (!shared || n != 2) gradient[n] = gradient_memory(in[n]);
        EdgeGradients out;
        View* const views[] = {&out.q,         &out.k,           &out.v,          &out.kernel_weight, &out.key_bias,
                               &out.edge_bias, &out.edge_weight, &out.query_bias, &out.relative_bias};
        for (std::size_t n = 0; n < 9; ++n)
          *views[n] = writable(gradient[n]);
        if (shared) out.v = out.k;
        if (terms->query_cancels) gradient[7] = zeros_like(in[7]), out.query_bias = {};
        const bool of_columns = in[1].wants_grad() || in[2].wants_grad() || in[4].wants_grad();
        run->backward(in[2].value(), y, kept->view(), dy, out, of_columns);
        for (std::size_t n = 0; n < 9; ++n)
          if (in[n].wants_grad() && (!shared || n != 2)) in[n].add_grad(std::move(gradient[n]));
      });
}

}  // namespace mercer
