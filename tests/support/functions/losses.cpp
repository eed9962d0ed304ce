#include "mercer/autograd/losses.hpp"

#include <cmath>

#include "support/functions/function_case.hpp"

namespace mercer::test {
namespace {

constexpr Index outputs = 3;

/// Every second of n rows counts, the first one twice.
std::vector<Node> counted(Index n) {
  std::vector<Node> rows{0};
  for (Index i = 0; i < n; i += 2)
    rows.push_back(static_cast<Node>(i));
  return rows;
}

/// In (0, 1); of rows that do not count NaN, which nobody reads.
Tensor targets(Index n) {
  Tensor t = random_tensor(n, outputs, 21);
  for (Index i = 0; i < n; ++i)
    for (Index c = 0; c < outputs; ++c)
      t(i, c) = i % 2 == 0 ? (t(i, c) + 2) / 4 : std::numeric_limits<Real>::quiet_NaN();
  return t;
}

using Loss = Variable(const Variable&, const RealTargets&);

/// The mean of each(x, t) over the rows that count; one row more than asked for, for a mean of none is refused.
FunctionCase real_loss(const char* name, Loss* loss, double (*each)(double x, double t)) {
  return {
      name, [](Index n) { return std::vector{random_tensor(n + 1, outputs, 3)}; },
      [loss](Operands x) { return loss(x[0], RealTargets(targets(x[0].rows()), counted(x[0].rows()), x[0].device())); },
      [each](std::span<const Wide> x) {
        const Tensor t = targets(x[0].rows);
        const std::vector<Node> rows = counted(x[0].rows);
        Wide y(1, 1);
        for (const Node i : rows)
          for (Index c = 0; c < outputs; ++c)
            y(0, 0) += each(x[0](i, c), double{t(i, c)}) / static_cast<double>(std::ssize(rows) * outputs);
        return y;
      }};
}

std::vector<std::int32_t> labels(Index n) {
  std::vector<std::int32_t> all;
  for (Index i = 0; i < n; ++i)
    all.push_back(i % 2 == 0 ? static_cast<std::int32_t>(i / 2 % outputs) : -1);
  return all;
}

FunctionCase class_loss(const char* name, const CrossEntropyOptions& options) {
  return {name, [](Index n) { return std::vector{random_tensor(n + 1, outputs, 3)}; },
          [options](Operands x) { return cross_entropy(x[0], labels(x[0].rows()), counted(x[0].rows()), options); },
          [options](std::span<const Wide> x) {
            const auto label = labels(x[0].rows);
            const auto weight = [&](Index c) {
              return options.class_weights.empty() ? 1.0 : double{options.class_weights[static_cast<std::size_t>(c)]};
            };
            double loss = 0, total = 0;
            for (const Node i : counted(x[0].rows)) {
              const Index l = label[static_cast<std::size_t>(i)];
              double sum = 0;
              for (Index c = 0; c < outputs; ++c)
                sum += std::exp(x[0](i, c));
              const auto log_p = [&](Index c) { return x[0](i, c) - std::log(sum); };
              loss -= (1 - double{options.label_smoothing}) * weight(l) * log_p(l);
              for (Index c = 0; c < outputs; ++c)
                loss -= double{options.label_smoothing} / double{outputs} * weight(c) * log_p(c);
              total += weight(l);
            }
            Wide y(1, 1);
            y(0, 0) = loss / total;
            return y;
          }};
}

}  // namespace

std::vector<FunctionCase> loss_functions() {
  return {
      real_loss("mean_squared_error", mean_squared_error, [](double x, double t) { return (x - t) * (x - t); }),
      real_loss("mean_absolute_error", mean_absolute_error, [](double x, double t) { return std::abs(x - t); }),
      real_loss("binary_cross_entropy", binary_cross_entropy,
                [](double x, double t) { return t * std::log1p(std::exp(-x)) + (1 - t) * std::log1p(std::exp(x)); }),
      class_loss("cross_entropy", {}),
      class_loss("cross_entropy, class weights", {.class_weights = {1, Real(0.25), 3}}),
      class_loss("cross_entropy, label smoothing", {.label_smoothing = Real(0.125)}),
      class_loss("cross_entropy, both", {.class_weights = {1, Real(0.25), 3}, .label_smoothing = Real(0.125)}),
  };
}

}  // namespace mercer::test
