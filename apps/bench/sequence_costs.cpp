// What the attention of each system costs over the length of a sequence: one layer of width 64 in 2 heads on one
// sequence, forward and backward, on one processor. Exponents are fitted by least squares over the larger half of the
// lengths.
//    mercer_sequence_costs [--longest N] [--limit SECONDS] [--only NAME]… [--json FILE] [--svg FILE]
// prints tables and a line a figure; exit code 1 when one falls short. What the file of --json holds from a run before
// is not measured again. A call that is likely to take longer than the limit, 25 s by default, is left out. Each point
// is measured by a program of its own, `--one NAME N`, which prints the least processor seconds of some calls and the
// bytes by which the first one's peak of resident memory is above what was there before.
#include <array>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cost_picture.hpp"
#include "measure.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/graph/segments.hpp"
#include "mercer/models/build.hpp"

using namespace mercer;
using namespace mercer::bench;

namespace {

enum class Grows { linearly, as_pairs };

struct System {
  const char* name;
  const char* model;  // after transformer-
  Grows time;
  const char* colour;
  OptionValues options{};
};

/// Attention of pairs in red and brown, through features in blue, through landmarks in green, primal in purple.
const std::vector<System>& systems() {
  static const std::vector<System> all{
      {"softmax", "dot", Grows::as_pairs, "#c0392b"},
      {"gaussian", "gaussian", Grows::as_pairs, "#d35400"},
      {"rbf, p = 1.8", "rbf", Grows::as_pairs, "#a04000", {{"p", 1.8}}},
      {"ikan-direct", "ikan-direct", Grows::as_pairs, "#b7950b"},
      {"gmm-rks", "gmm-rks", Grows::as_pairs, "#7b5b3a"},
      {"fastfood-rks", "fastfood-rks", Grows::as_pairs, "#943126"},
      {"kernelized", "kernelized", Grows::as_pairs, "#e0671a"},
      {"performer", "performer", Grows::linearly, "#1f6fb2"},
      {"linear", "linear", Grows::linearly, "#2e9bd6"},
      {"rmfa", "rmfa", Grows::linearly, "#154a7d"},
      {"nprf", "nprf", Grows::as_pairs, "#3f51b5"},  // by FFT in n log n only beyond some thousand positions
      {"skyformer", "skyformer", Grows::linearly, "#1e8449"},
      {"nystromformer", "nystromformer", Grows::linearly, "#0e6655"},
      {"primal", "primal", Grows::linearly, "#8e44ad"},
      {"kep-svgp", "kep-svgp", Grows::linearly, "#6c3483"},
      {"gru", "gru", Grows::linearly, "#5b6876"},
  };
  return all;
}

const System& system_named(std::string_view name) {
  std::string all;
  for (const System& system : systems()) {
    if (system.name == name) return system;
    all += (all.empty() ? "" : ", ") + std::string("'") + system.name + "'";
  }
  throw std::invalid_argument("--only: got '" + std::string(name) + "', want one of " + all);
}

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// A line of what the system says of this process, in bytes.
double bytes_of(std::string_view wanted) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (double kilobytes = 0; word == wanted && status >> kilobytes) return kilobytes * 1024;
  throw std::runtime_error("/proc/self/status: no " + std::string(wanted));
}

/// A Transformer of one block x + attention(x), without norms and feed-forward layer, so that next to nothing but the
/// attention is measured.
class Layer {
 public:
  Layer(const System& system, Index longest) : model_(build(system, longest)) {}

  void call(Index n, const Variable& x) {
    Pass pass = Pass::training(1, ++step_, 1);
    const Output out = model_.forward(Segments({0, n}), x, pass);
    Variable loss = sum(out.y);
    if (out.penalty) loss = add(loss, out.penalty);
    loss.backward();
    for (const Parameter& p : model_.parameters)
      Variable(p.variable).clear_grad();
  }

 private:
  static Model build(const System& system, Index longest) {
    OptionValues options = system.options;
    for (const auto& [name, value] : OptionValues{{"layers", 1},
                                                  {"hidden", 32},
                                                  {"heads", 2},
                                                  {"encoder", "scaled"},
                                                  {"positions", "none"},
                                                  {"dropout", 0},
                                                  {"longest", longest}})
      options.insert({name, value});
    return build_model({.name = sequence_model_with(system.model), .options = options}, 64, 2, 1);
  }

  Model model_;
  std::uint32_t step_ = 0;
};

/// In a program of its own: a peak of memory is that of one call.
CostPoint one_point(const System& system, Index n) {
  set_threads(1);
  Layer layer(system, n);
  const Index few = std::min<Index>(n, 128);
  layer.call(few, Variable(noise(few, 64, 1)));  // brings in what any call needs
  const Variable x(noise(n, 64, 0));
  CostPoint point{.length = static_cast<double>(n), .seconds = std::numeric_limits<double>::infinity()};
  const double before = bytes_of("VmRSS:");
  double all = 0;
  // the first call finds no memory at hand, and only where it is long may it be the only one
  for (int call = 0; call < 7 && (call == 0 || all < 1.5 || (call == 1 && all < 6)); ++call) {
    const double begin = processor_seconds();
    layer.call(n, x);
    const double took = processor_seconds() - begin;
    point.seconds = std::min(point.seconds, took);
    all += took;
    if (call == 0) point.bytes = std::max(bytes_of("VmHWM:") - before, 0.0);
  }
  return point;
}

CostPoint measured(const System& system, Index n) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command = "'" + program + "' --one '" + system.name + "' " + std::to_string(n);
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error(command + ": can't be run");
  CostPoint point{.length = static_cast<double>(n)};
  const int numbers = std::fscanf(pipe, "%lf %lf", &point.seconds, &point.bytes);
  if (pclose(pipe) != 0 || numbers != 2) throw std::runtime_error(command + ": failed");
  return point;
}

/// The slope of ln value over ln n by least squares, over the larger half of the lengths, or over all of fewer than
/// four; NaN with fewer than two.
double exponent(const std::vector<CostPoint>& points, double CostPoint::*value) {
  const std::size_t first = points.size() < 4 ? 0 : points.size() / 2;
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (std::size_t at = first; at < points.size(); ++at) {
    const double a = std::log(points[at].length), b = std::log(points[at].*value);
    ++n, x += a, y += b, xx += a * a, xy += a * b;
  }
  return n < 2 ? std::numeric_limits<double>::quiet_NaN() : (n * xy - x * y) / (n * xx - x * x);
}

struct Asked {
  Index longest = 16384;
  double limit = 25;
  std::vector<const System*> only{};
  std::string json{}, svg{}, one{};
};

Asked asked_by(int count, char** words) {
  Asked asked;
  const std::vector<std::string> given(words + 1, words + count);
  for (std::size_t at = 0; at < given.size(); ++at) {
    const auto next = [&] {
      if (at + 1 == given.size()) throw std::invalid_argument(given[at] + ": want a value");
      return given[++at];
    };
    const std::string& word = given[at];
    if (word == "--longest")
      asked.longest = std::stoll(next());
    else if (word == "--limit")
      asked.limit = std::stod(next());
    else if (word == "--only")
      asked.only.push_back(&system_named(next()));
    else if (word == "--json")
      asked.json = next();
    else if (word == "--svg")
      asked.svg = next();
    else if (word == "--one")
      asked.one = next(), asked.longest = std::stoll(next());
    else
      throw std::invalid_argument("unknown argument '" + word + "'");
  }
  if (asked.only.empty())
    for (const System& system : systems())
      asked.only.push_back(&system);
  return asked;
}

void print_table(const std::vector<CostCurve>& curves, const char* title, double CostPoint::*value, double unit) {
  std::printf("%-14s", title);
  for (Index n = 512; n <= 16384; n *= 2)
    std::printf(" %9lld", static_cast<long long>(n));
  std::printf("  exponent\n");
  for (const CostCurve& curve : curves) {
    std::printf("%-14s", curve.name.c_str());
    for (std::size_t at = 0; at < 6; ++at)
      if (at < curve.points.size())
        std::printf(" %9.4g", curve.points[at].*value / unit);
      else
        std::printf(" %9s", "-");
    std::printf("  %8.2f\n", exponent(curve.points, value));
  }
}

void write(const std::string& file, const std::string& text) {
  std::ofstream stream(file);
  stream << text;
  stream.close();
  if (!stream) throw std::runtime_error(file + ": can't be written");
}

/// The points of that system in the JSON of a run before, by their length.
std::map<Index, CostPoint> known_points(const nlohmann::json& before, const std::string& name) {
  std::map<Index, CostPoint> known;
  for (const auto& system : before.value("systems", nlohmann::json::array()))
    if (system.at("name") == name)
      for (const auto& point : system.at("points"))
        known[point.at("n").get<Index>()] = {point.at("n"), point.at("seconds"), point.at("bytes")};
  return known;
}

std::string json_of(const std::vector<CostCurve>& curves) {
  nlohmann::ordered_json all{{"width", 64}, {"heads", 2}, {"threads", 1}, {"systems", nlohmann::ordered_json::array()}};
  for (const CostCurve& curve : curves) {
    nlohmann::ordered_json points = nlohmann::ordered_json::array();
    for (const CostPoint& point : curve.points)
      points.push_back({{"n", point.length}, {"seconds", point.seconds}, {"bytes", point.bytes}});
    all["systems"].push_back({{"name", curve.name},
                              {"time_exponent", exponent(curve.points, &CostPoint::seconds)},
                              {"memory_exponent", exponent(curve.points, &CostPoint::bytes)},
                              {"points", std::move(points)}});
  }
  return all.dump(2) + "\n";
}

/// All systems at one length, then at the next, so that what else the machine does meets all of them.
std::vector<CostCurve> measured_curves(const Asked& asked) {
  std::vector<CostCurve> curves;
  std::vector<std::map<Index, CostPoint>> known;
  nlohmann::json before = nlohmann::json::object();
  if (std::ifstream file(asked.json); !asked.json.empty() && file) before = nlohmann::json::parse(file);
  for (const System* system : asked.only) {
    curves.push_back({system->name, system->colour, {}});
    known.push_back(known_points(before, system->name));
  }
  for (Index n = 512; n <= asked.longest; n *= 2)
    for (std::size_t at = 0; at < curves.size(); ++at) {
      std::vector<CostPoint>& points = curves[at].points;
      const double growth = asked.only[at]->time == Grows::as_pairs ? 4 : 2;
      const bool whole = points.empty() || points.back().length == static_cast<double>(n / 2);
      if (const auto found = known[at].find(n); found != known[at].end()) {
        points.push_back(found->second);
        continue;
      }
      if (!whole || (!points.empty() && growth * points.back().seconds > asked.limit)) continue;
      points.push_back(measured(*asked.only[at], n));
    }
  return curves;
}

bool figures(const std::vector<CostCurve>& curves) {
  bool passed = true;
  for (const CostCurve& curve : curves) {
    const Grows grows = system_named(curve.name).time;
    const double time = exponent(curve.points, &CostPoint::seconds);
    if (grows == Grows::as_pairs)
      print_fact(curve.name + ", exponent of time", time);
    else
      passed &= print_figure(curve.name + ", exponent of time", time, false, 1.15);
    passed &= print_figure(curve.name + ", exponent of memory", exponent(curve.points, &CostPoint::bytes), false, 1.15);
  }
  return passed;
}

}  // namespace

int main(int count, char** words) {
  try {
    const Asked asked = asked_by(count, words);
    if (!asked.one.empty()) {
      const CostPoint point = one_point(system_named(asked.one), asked.longest);
      std::printf("%.6f %.0f\n", point.seconds, point.bytes);
      return EXIT_SUCCESS;
    }
    const std::vector<CostCurve> curves = measured_curves(asked);
    print_table(curves, "ms", &CostPoint::seconds, 1e-3);
    print_table(curves, "MB", &CostPoint::bytes, 1e6);
    if (!asked.json.empty()) write(asked.json, json_of(curves));
    if (!asked.svg.empty()) write(asked.svg, cost_picture(curves));
    return figures(curves) ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return EXIT_FAILURE;
  }
}
