// A graph attention network by hand, with attend, a few dense functions and an own training loop.
// Prints a line every 25 steps, then the test accuracy.
#include <iostream>

#include <mercer/attention/attend.hpp>
#include <mercer/data/synthetic.hpp>
#include <mercer/data/transform.hpp>
#include <mercer/layers/initialise.hpp>
#include <mercer/training/metric.hpp>
#include <mercer/training/optimizer.hpp>

using namespace mercer;

/// Heads side by side: y_i = Σ_j α_ij g_j, α = softmax of leaky_relu(a·g_i + b·g_j), g = x W.
struct Layer {
  Index heads;
  Variable w, a, b;

  Layer(Index in, Index width, Index h, Random& random)
      : heads(h),
        w(glorot_uniform(in, h * width, random)),
        a(glorot_uniform(1, h * width, random)),
        b(glorot_uniform(1, h * width, random)) {}
  Variable operator()(const Neighbourhood& friends, const Input& x) const {
    const Variable g = matmul(x, w);
    return attend(friends, Additive{}, head_dot(g, a, heads), head_dot(g, b, heads), g, {.heads = heads});
  }
};

int main() {
  const Dataset club = with_loops(karate());
  const Split& split = club.splits.front();
  const Neighbourhood friends(club.graph);
  const Input x(club);
  Random random(/*seed=*/1);
  const Layer first(x.columns(), 8, 4, random), second(32, club.classes(), 1, random);
  const auto logits = [&] { return second(friends, elu(first(friends, x))); };

  Optimizer adam(
      {{"w1", first.w}, {"a1", first.a}, {"b1", first.b}, {"w2", second.w}, {"a2", second.a}, {"b2", second.b}},
      Adam{.learning_rate = 0.005, .weight_decay = 5e-4});
  for (int step = 0; step < 200; ++step) {
    adam.clear_gradients();
    Variable loss = cross_entropy(logits(), club.labels, split.train);
    loss.backward();
    adam.step();
    if (step % 25 == 0) std::cout << "step " << step << ": loss " << loss.value()(0, 0) << '\n';
  }
  const double right = accuracy(logits().value(), club.labels, split.test);
  std::cout << "test accuracy " << right << '\n';
  return right > 0.8 ? 0 : 1;
}
