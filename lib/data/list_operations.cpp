#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <string>
#include <unordered_set>
#include <utility>

#include "data/items.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
#include "mercer/data/synthetic_sequences.hpp"
#include "mercer/data/vocabulary.hpp"
#include "mercer/graph/build.hpp"

namespace mercer {
namespace {

constexpr const char* list_op = "list_operations";

// Tokens are columns: 0 is the unknown word, 1 … 10 the digits.
enum : Node { first_digit = 1, minimum = 11, maximum, median, sum, closing, tokens };
constexpr std::array<const char*, 5> later_words{"[min", "[max", "[med", "[sm",
                                                 "]"};  // in lower case, as texts are read

void check(const ListOpsOptions& o) {
  const auto in_range = [](const char* name, Index value, Index low, Index high) {
    require(low <= value && value <= high, list_op,
            std::string(name) + ": got " + std::to_string(value) + ", want " + std::to_string(low) + " to " +
                std::to_string(high));
  };
  constexpr Index most = 10'000'000;
  in_range("train", o.train, 1, most);
  in_range("validation", o.validation, 0, most);
  in_range("test", o.test, 0, most);
  in_range("depth", o.depth, 1, 100);
  in_range("arguments", o.arguments, 2, 1000);
  in_range("shortest", o.shortest, 1, 1'000'000);
  in_range("longest", o.longest, o.shortest, 1'000'000);
  require((o.train + o.validation + o.test) <= std::numeric_limits<Node>::max() / o.longest, list_op,
          "more than 2^31 tokens may be needed: want fewer or shorter expressions");
}

Node value_of(Node operation, std::vector<Node>& values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  switch (operation) {
    case minimum:
      return values.front();
    case maximum:
      return values.back();
    case median:
      return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    default:
      return std::accumulate(values.begin(), values.end(), Node{0}) % 10;
  }
}

class Expression {
 public:
  Expression(const ListOpsOptions& options, Random& random) : options_(options), random_(random) { value_ = grow(1); }

  /// An expression that became too long is broken off.
  bool fits() const { return options_.shortest <= std::ssize(tokens_) && std::ssize(tokens_) <= options_.longest; }
  Node value() const { return value_; }
  const std::u16string& tokens() const { return tokens_; }

 private:
  Node grow(Index depth) {
    if (std::ssize(tokens_) > options_.longest) return 0;
    if (depth >= options_.depth || random_.below(4) != 0) {
      const auto digit = static_cast<Node>(random_.below(10));
      push(first_digit + digit);
      return digit;
    }
    const auto operation = static_cast<Node>(minimum + random_.below(4));
    push(operation);
    std::vector<Node> values(2 + random_.below(static_cast<std::uint32_t>(options_.arguments) - 1));
    for (Node& value : values)
      value = grow(depth + 1);
    push(closing);
    return value_of(operation, values);
  }

  void push(Node token) { tokens_.push_back(static_cast<char16_t>(token)); }

  const ListOpsOptions& options_;
  Random& random_;
  std::u16string tokens_;
  Node value_ = 0;
};

std::vector<std::string> words() {
  std::vector<std::string> all{std::string(unknown_word)};
  for (int digit = 0; digit < 10; ++digit)
    all.push_back(std::to_string(digit));
  all.insert(all.end(), later_words.begin(), later_words.end());
  return all;
}

}  // namespace

Dataset list_operations(const ListOpsOptions& options) {
  check(options);
  const auto wanted = static_cast<std::size_t>(options.train + options.validation + options.test);
  constexpr Index patience = 1'000'000;  // draws without a new expression
  Random random(options.seed, 4);
  Dataset data;
  data.item_offset = {0};
  std::vector<Node> column;
  std::unordered_set<std::u16string> known;
  Index idle = 0;
  while (known.size() < wanted) {
    const Expression expression(options, random);
    if (!expression.fits() || !known.insert(expression.tokens()).second) {
      require(++idle <= patience, list_op,
              "found " + std::to_string(known.size()) + " different expressions of " +
                  std::to_string(options.shortest) + " to " + std::to_string(options.longest) + " tokens, want " +
                  std::to_string(wanted) + ": ask for fewer, for other lengths, or for more depth");
      continue;
    }
    idle = 0;
    column.insert(column.end(), expression.tokens().begin(), expression.tokens().end());
    data.item_offset.push_back(std::ssize(column));
    data.labels.push_back(expression.value());
  }
  data.name = "listops";
  data.format = "synthetic";
  data.graph = from_edges(std::ssize(column), {});
  data.features = one_hot(std::move(column), tokens);
  data.feature_names = words();
  for (int value = 0; value < 10; ++value)
    data.class_names.push_back(std::to_string(value));
  data.splits.push_back(in_turn(options.train, options.validation, options.test));
  return data;
}

}  // namespace mercer
