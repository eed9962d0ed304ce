// The parts of a Transformer, by hand: a relative bias, attention in linear time, a block of an encoder. Prints
// "relative bias: 0 attends to 0: 0.731", "linear: largest difference 0.000" and "block: 5 rows of 4 columns".
#include <iomanip>
#include <iostream>

#include <mercer/attention/attend_linear.hpp>
#include <mercer/autograd/arithmetic.hpp>
#include <mercer/layers/encoder_block.hpp>
#include <mercer/layers/kernel_attention.hpp>

using namespace mercer;

int main() {
  const Segments sequences({0, 2, 5});  // two, of 2 and 3 positions
  Tensor values(5, 4);
  for (Index i = 0; i < values.rows(); ++i)
    for (Index c = 0; c < values.columns(); ++c)
      values(i, c) = static_cast<Real>((7 * i + 3 * c) % 5) / 5;
  const Variable x(values);
  std::cout << std::fixed << std::setprecision(3);

  // a number learned for each offset i − j of −1, 0 and 1, and each head, is added to ln κ; farther ones take the
  // nearest
  const Variable bias(Tensor::from({{0}, {1}, {0}}), /*wants_grad=*/true);
  const Tensor alpha = attention_weights(sequences, Constant{}, {}, {}, {.relative_bias = bias});
  std::cout << "relative bias: 0 attends to 0: " << alpha(0, 0) << '\n';

  // κ = ⟨φ(q), φ(k)⟩ with φ = elu + 1: the sums over j are made once for a sequence, not once for each i
  const Variable phi = elu(x) + 1;
  const Variable fast = attend_linear(sequences, phi, phi, x, {.kernel = PositiveInnerProduct{}});
  const Variable pairs = attend(sequences, PositiveInnerProduct{}, phi, phi, x);
  std::cout << "linear: largest difference " << max_abs_difference(fast.value(), pairs.value()) << '\n';

  // x ← x + attention(norm(x)) W_O + b, x ← x + ff(norm(x)), with any attention layer
  Random random(/*seed=*/1);
  const KernelAttention attention({.in = 4, .width = 3, .heads = 2}, {.similarity = Fitted{Exponential{}}}, random);
  const EncoderBlock block({.width = 4, .attended = 6, .feed_forward = 8, .dropout = 0.1f}, attention, random);
  Pass pass = Pass::training(/*seed=*/1, /*step=*/0);
  const Variable y = block(sequences, x, pass).y;
  std::cout << "block: " << y.rows() << " rows of " << y.columns() << " columns\n";
}
