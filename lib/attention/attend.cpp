#include "mercer/attention/attend.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "attention/part.hpp"
#include "attention/terms.hpp"
#include "backend/select.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// Room for the gradient of a wanted operand; empty otherwise.
Tensor room_for(const Variable& x) {
  return x.wants_grad() ? Tensor::uninitialized(x.rows(), x.columns(), x.device()) : Tensor();
}

/// On a device a slope spares a pass over edges, unless their own gradients ask for it; the CPU's passes leave out
/// rows whose dy is 0, a slope would not.
bool wants_slope(const AnyKernel& kernel, const Variable& q, const AttendOptions& options) {
  return kernel.traits().has_slope && q.device() == Device::cuda && q.wants_grad() && !options.edge_bias.wants_grad() &&
         !options.edge_weight.wants_grad();
}

}  // namespace

Variable attend(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q, const Variable& k,
                const Variable& v, const AttendOptions& options) {
  const Graph& graph = neighbourhood.graph();
  const auto terms = std::make_shared<Terms>(graph, kernel, q, k, options, v.device());
  expect("attend",
         {{"rows of v", v.rows(), graph.columns()}, {"columns of v modulo heads", v.columns() % options.heads, 0}});
  std::shared_ptr<const parts::Heard> heard;  // of a part
  if (graph.halo() != nullptr) heard = std::make_shared<const parts::Heard>(terms->edge, v.value());
  Tensor y = Tensor::uninitialized(graph.rows(), v.columns(), v.device());
  const auto kept = std::make_shared<KeptTensors>(y, options.heads, wants_slope(kernel, q, options));
  const auto on_host = graph.stream() != nullptr ? streamed::attend_forward : cpu::attend_forward;
  const Index guarded = select(v.device(), on_host, cuda::attend_forward)(
      heard ? heard->terms : terms->edge, heard ? heard->v : v.value(), y, kept->view());
  if (options.guarded != nullptr) *options.guarded += guarded;

  std::vector<Variable> inputs{
      q, k, v, options.kernel_weight, options.key_bias, options.edge_bias, options.edge_weight};
  return Variable::record(
      std::move(y), std::move(inputs), [terms, heard, kept](std::span<Variable> in, const Tensor& y, Tensor& dy) {
        Tensor gradient[7];
        for (std::size_t n = 0; n < 7; ++n)
          gradient[n] = room_for(in[n]);
        const EdgeGradients out{writable(gradient[0]), writable(gradient[1]), writable(gradient[2]),
                                writable(gradient[3]), writable(gradient[4]), writable(gradient[5]),
                                writable(gradient[6])};
        const auto on_host = terms->graph.stream() != nullptr ? streamed::attend_backward : cpu::attend_backward;
        if (heard)
          parts::attend_backward(terms->edge, *heard, in[2].value(), y, kept->view(), dy, out,
                                 in[1].wants_grad() || in[2].wants_grad() || in[4].wants_grad());
        else
          select(dy.device(), on_host, cuda::attend_backward)(terms->edge, in[2].value(), y, kept->view(), dy, out);
        for (std::size_t n = 0; n < 7; ++n)
          if (in[n].wants_grad()) in[n].add_grad(std::move(gradient[n]));
      });
}

}  // namespace mercer
