#include "mercer/layers/encoder_block.hpp"

#include <string>
#include <utility>

#include "mercer/base/check.hpp"

namespace mercer {

EncoderBlock::EncoderBlock(EncoderBlockOptions given, AnyLayer attending, Random& random)
    : options(given),
      attention(std::move(attending)),
      output({.in = given.attended, .out = given.width}, random),
      feed_forward({.in = given.width,
                    .hidden = given.feed_forward,
                    .out = given.width,
                    .activation = given.activation,
                    .dropout = given.dropout},
                   random),
      attention_norm({.width = given.width}),
      feed_forward_norm({.width = given.width}) {
  expect_at_least_one("EncoderBlock", "attended", options.attended);
  require(options.dropout >= 0 && options.dropout <= 1, "EncoderBlock",
          "dropout: got " + std::to_string(options.dropout) + ", want 0 … 1");
}

Output EncoderBlock::operator()(const Neighbourhood& neighbourhood, const Variable& x, Pass& pass,
                                std::vector<Operands>* operands) const {
  const bool pre = options.pre_norm;
  const Variable attending = pre ? attention_norm(x) : x;
  attention.append_operands(neighbourhood, attending, pass, operands);
  const Output attended = attention.call(neighbourhood, attending, pass);
  const Variable branch = neighbourhood.dropout(output(attended.y), pass.dropout(options.dropout));
  Variable y = add(x, branch);
  if (!pre) y = attention_norm(y);
  y = add(y, feed_forward(neighbourhood, pre ? feed_forward_norm(y) : y, pass));
  return {pre ? y : feed_forward_norm(y), attended.penalty};
}

Parameters EncoderBlock::parameters(const std::string& prefix) const {
  Parameters all = attention.parameters(prefix + "attention.");
  append(all, output.parameters(prefix + "output."));
  append(all, feed_forward.parameters(prefix + "feed_forward."));
  append(all, attention_norm.parameters(prefix + "attention_norm."));
  append(all, feed_forward_norm.parameters(prefix + "feed_forward_norm."));
  return all;
}

}  // namespace mercer
