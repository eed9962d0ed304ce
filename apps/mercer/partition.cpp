#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <limits>

#include "cli/errors.hpp"
#include "cli/json.hpp"
#include "cli/numbers.hpp"
#include "cli/output.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "mercer/data/read.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/partition/measure.hpp"
#include "mercer/partition/partition.hpp"
#include "report/report.hpp"

namespace mercer::program {

namespace {

constexpr const char* partition_help =
    "Cuts a graph into parts of about as many nodes each, with few edges between them (METIS), and says what the cut "
    "costs.\nEdges are symmetrised first, unless the data say that they mean one way only.\n\n"
    "Example:\n"
    "  mercer partition planted --parts 8 --out planted.part.8";

constexpr Index most_parts_shown = 16;

struct PartitionRequest {
  std::string data, method = "kway", out;
  PartitionOptions options{.parts = 0};
  bool json = false;
};

struct Cut {
  std::string name;
  Partition partition;
  PartitionFacts facts;
  double seconds = 0;
};

PartitionMethod method_named(const std::string& name) {
  if (name == "kway") return PartitionMethod::kway;
  if (name == "recursive") return PartitionMethod::recursive;
  throw UsageError(
      fmt::format("--method: got {}, want kway or recursive{}", name, did_you_mean(name, {"kway", "recursive"})));
}

Cut cut(const PartitionRequest& request) {
  const Dataset data = load_dataset(request.data);
  require_graph("partition", data);
  const Csr graph = data.directed ? data.graph : symmetrised(data.graph);
  Cut made{data.name, {}, {}, 0};
  const auto start = std::chrono::steady_clock::now();
  made.partition = partition(graph, request.options);
  made.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  made.facts = measure(graph, made.partition);
  return made;
}

std::string text_of(const Cut& made, const PartitionRequest& request) {
  const PartFacts& sum = made.facts.sum;
  const auto line = [](const char* name, const std::string& value) { return fmt::format("{:<12}{}\n", name, value); };
  std::string text = fmt::format("{} in {} parts, {}\n", made.name, grouped(made.partition.parts), request.method);
  text += line("nodes", grouped(sum.nodes)) + line("edge slots", grouped(sum.edges));
  text += line("cut", fmt::format("{} slots ({})", grouped(sum.cut), percent(made.facts.cut_share)));
  const double mean_ghosts = sum.nodes == 0 ? 0 : static_cast<double>(sum.ghosts) / static_cast<double>(sum.nodes);
  text += line("ghosts", fmt::format("{} ({:.3f} for each node)", grouped(sum.ghosts), mean_ghosts));
  text += line("imbalance", fmt::format("{:.3f} of nodes, {:.3f} of edge slots", made.facts.node_imbalance,
                                        made.facts.edge_imbalance));
  text += line("seconds", fmt::format("{:.3f}", made.seconds));
  if (made.partition.parts > most_parts_shown) return text;
  text += fmt::format("\n{:>4}{:>12}{:>14}{:>12}{:>12}\n", "part", "nodes", "edge slots", "cut", "ghosts");
  for (std::size_t p = 0; p < made.facts.part.size(); ++p) {
    const PartFacts& part = made.facts.part[p];
    text += fmt::format("{:>4}{:>12}{:>14}{:>12}{:>12}\n", p, grouped(part.nodes), grouped(part.edges),
                        grouped(part.cut), grouped(part.ghosts));
  }
  return text;
}

Json json_of(const PartFacts& part) {
  return {{"nodes", part.nodes}, {"edge_slots", part.edges}, {"cut", part.cut}, {"ghosts", part.ghosts}};
}

Json json_of(const Cut& made, const PartitionRequest& request, const std::string& line) {
  Json json{{"command", line},
            {"data", made.name},
            {"parts", made.partition.parts},
            {"method", request.method},
            {"seed", request.options.seed},
            {"allowed_imbalance", request.options.imbalance}};
  json.update(json_of(made.facts.sum));
  json["cut_share"] = made.facts.cut_share;
  json["node_imbalance"] = made.facts.node_imbalance;
  json["edge_imbalance"] = made.facts.edge_imbalance;
  json["seconds"] = made.seconds;
  json["part"] = Json::array();
  for (const PartFacts& part : made.facts.part)
    json["part"].push_back(json_of(part));
  return json;
}

/// METIS's format: the part of each node, one line each.
std::string lines_of(const Partition& partition) {
  std::string lines;
  for (const auto part : partition.of)
    lines += std::to_string(part) + '\n';
  return lines;
}

}  // namespace

int partition(const Invocation& typed) {
  CLI::App app(partition_help, "mercer partition");
  PartitionRequest request;
  app.add_option("DATA", request.data, "a name, a path, planted or karate")->type_name("");
  app.add_option("--parts", request.options.parts, "how many, 1 to the number of nodes")
      ->check(whole_number(1, any_count))
      ->type_name("K");
  app.add_option("--method", request.method, "kway: all at once, or recursive: halves of halves")
      ->capture_default_str();
  app.add_option("--seed", request.options.seed, "of METIS's draws")
      ->capture_default_str()
      ->check(whole_number(0, std::numeric_limits<std::int32_t>::max()));
  app.add_option("--imbalance", request.options.imbalance, "aimed at: most nodes of a part over the mean")
      ->check(real_number(1, 1.5))
      ->capture_default_str();
  app.add_option("--out", request.out, "the part of each node, a line each, as METIS writes it")->type_name("FILE");
  app.add_flag("--json", request.json, "the same as JSON");
  if (!parse(app, typed.words)) return done;
  if (request.data.empty())
    throw UsageError(
        "mercer partition: got no data, want a name or a path; mercer data list shows those that are known");
  if (app.count("--parts") == 0) throw UsageError("--parts: got nothing, want how many, as in --parts 8");
  request.options.method = method_named(request.method);
  if (!request.out.empty()) {
    check_writable(request.out);
    form_of({"--out", request.out}, {".txt", ".csv"}, "the name of a plain text, as parts.8,");
    check_apart({{"--out", request.out}}, {.data = dataset_place(request.data)});
  }
  const Cut made = cut(request);
  if (!request.out.empty()) write_whole(request.out, lines_of(made.partition));
  if (request.json)
    fmt::print("{}", text_of(json_of(made, request, typed.line)));
  else
    print_text(text_of(made, request));
  return done;
}

}  // namespace mercer::program
