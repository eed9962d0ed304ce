#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "data/items.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
#include "mercer/data/synthetic_sequences.hpp"
#include "mercer/graph/build.hpp"

namespace mercer {
namespace {

constexpr const char* bags_op = "planted_bags";
constexpr int side = 12;  // pixels
constexpr std::uint32_t witness = 9;

struct Point {
  double x, y;
};

// The corners of a digit's seven strokes, and which strokes a digit has: bit s for stroke s.
constexpr std::array<Point, 6> corners{{{3.5, 1.5}, {8.5, 1.5}, {3.5, 6}, {8.5, 6}, {3.5, 10.5}, {8.5, 10.5}}};
constexpr std::array<std::pair<std::size_t, std::size_t>, 7> strokes{
    {{0, 1}, {0, 2}, {1, 3}, {2, 3}, {2, 4}, {3, 5}, {4, 5}}};
constexpr std::array<unsigned, 10> strokes_of{0b1110111, 0b0100100, 0b1011101, 0b1101101, 0b0101110,
                                              0b1101011, 0b1111011, 0b0100101, 0b1111111, 0b1101111};

void check(const BagOptions& o) {
  const auto in_range = [](const char* name, Index bags, Index least) {
    constexpr Index most = 1'000'000;
    require(least <= bags && bags <= most, bags_op,
            std::string(name) + ": got " + std::to_string(bags) + ", want " + std::to_string(least) + " to " +
                std::to_string(most) + " bags");
  };
  in_range("train", o.train, 1);
  in_range("validation", o.validation, 0);
  in_range("test", o.test, 0);
  require(2 <= o.size && o.size <= 1000, bags_op, "size: got " + std::to_string(o.size) + ", want 2 to 1000");
  require(0 <= o.noise && o.noise <= 10, bags_op, "noise: got " + std::to_string(o.noise) + ", want 0 to 10");
}

double squared_distance(Point p, Point a, Point b) {
  const double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  const double along = ((p.x - a.x) * dx + (p.y - a.y) * dy) / length;
  const double t = std::clamp(along, 0.0, 1.0);
  const double ex = a.x + t * dx - p.x, ey = a.y + t * dy - p.y;
  return ex * ex + ey * ey;
}

/// Appends the pixels of one picture, row by row.
void draw(std::uint32_t digit, double noise, Random& random, std::vector<Real>& pixels) {
  const double right = random.uniform(-1.0, 1.0), down = random.uniform(-1.0, 1.0), width = random.uniform(0.8, 1.6);
  std::array<Point, 6> at = corners;
  for (Point& p : at)
    p = {p.x + right + random.uniform(-0.5, 0.5), p.y + down + random.uniform(-0.5, 0.5)};
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      double brightness = 0;
      for (std::size_t s = 0; s < strokes.size(); ++s)
        if ((strokes_of[digit] >> s & 1u) != 0) {
          const double far = squared_distance({x + 0.5, y + 0.5}, at[strokes[s].first], at[strokes[s].second]);
          brightness = std::max(brightness, 1 - far / (width * width));
        }
      pixels.push_back(static_cast<Real>(brightness + random.uniform(-noise, noise)));
    }
}

/// The digits of a bag: any, with a 9 among them, or all but 9.
std::vector<std::uint32_t> digits_of(bool has_witness, std::size_t count, Random& random) {
  std::vector<std::uint32_t> digits(count);
  for (std::uint32_t& digit : digits)
    digit = random.below(has_witness ? 10 : witness);
  if (has_witness && std::ranges::find(digits, witness) == digits.end())
    digits[random.below(static_cast<std::uint32_t>(count))] = witness;
  return digits;
}

}  // namespace

Dataset planted_bags(const BagOptions& options) {
  check(options);
  Random random(options.seed, 5);
  Dataset data;
  data.item_offset = {0};
  std::vector<Real> pixels;
  const auto least = static_cast<std::size_t>(options.size - options.size / 2);
  const auto spread = static_cast<std::uint32_t>(2 * (options.size / 2) + 1);
  for (Index bag = 0; bag < options.train + options.validation + options.test; ++bag) {
    const bool has_witness = random.below(2) == 1;
    for (const std::uint32_t digit : digits_of(has_witness, least + random.below(spread), random))
      draw(digit, options.noise, random, pixels);
    data.item_offset.push_back(std::ssize(pixels) / (side * side));
    data.labels.push_back(has_witness ? 0 : 1);
  }
  data.name = "bags";
  data.format = "synthetic";
  data.graph = from_edges(data.item_offset.back(), {});
  data.features = Tensor::from(data.item_offset.back(), side * side, pixels);
  data.class_names = {"with", "without"};
  data.splits.push_back(in_turn(options.train, options.validation, options.test));
  return data;
}

}  // namespace mercer
