#include "explain/explainable.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>

#include "cli/errors.hpp"
#include "cli/help.hpp"
#include "cli/numbers.hpp"
#include "cli/output.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "explain/edges.hpp"
#include "mercer/base/printable.hpp"
#include "report/report.hpp"

namespace mercer::program {

namespace {

constexpr const char* explain_help =
    "Says what the attention of a trained model is made of: similarity times magnitude.\n"
    "With --node, whom that node attends to and why; without it, what decides in the whole model. Of a model of\n"
    "sequences with --item, what decides in that sequence, with maps of alpha by layer and head.\n\n"
    "Example:\n"
    "  mercer explain runs/first --node 17 --layer 1 --out runs/first/node17\n"
    "  mercer explain runs/first\n"
    "  mercer explain runs/first --edges attention.csv\n"
    "  mercer explain runs/vowels --item 0 --out runs/vowels/item0";

struct ExplainRequest {
  TrainedRequest trained;
  std::string node, item;
  Index layer = 0, head = 0;  // counted from 1; 0: not given
  std::size_t top = 12;
  std::string out, edges;
  bool json = false;
};

void declare(CLI::App& app, ExplainRequest& request) {
  declare_trained(app, request.trained);
  hide_positive(app);
  app.add_option("--node", request.node,
                 "name of a node, or its number from 0 where the data have no names; without it the whole model")
      ->type_name("NODE");
  app.add_option("--item", request.item, "of a model of sequences: name of a sequence, or its number from 0")
      ->type_name("ITEM");
  app.add_option("--layer", request.layer, "counted from 1; of a node by default the last, else all")
      ->check(whole_number(1, any_count))
      ->type_name("NUMBER");
  app.add_option("--head", request.head, "counted from 1; by default all")
      ->check(whole_number(1, any_count))
      ->type_name("NUMBER");
  app.add_option("--top", request.top, "list and draw so many of the nodes with the largest α; sum up the others")
      ->check(whole_number(1, 24))
      ->capture_default_str()
      ->type_name("COUNT");
  app.add_option("--out", request.out, "folder for explain.svg, explain.json and explain.csv")->type_name("DIR");
  app.add_option("--edges", request.edges,
                 "CSV file for the attention of every edge, or pair of positions, in every layer and head; in the "
                 "order of the data, "
                 "then added ones")
      ->type_name("FILE");
  app.add_flag("--json", request.json, "print JSON");
  list_first(app, {"--data", "--node", "--item", "--layer", "--head", "--top", "--out", "--edges", "--json"});
}

/// The whole number that a text is.
std::optional<std::int64_t> whole_number_in(const std::string& text) {
  std::int64_t number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// "a, b, c …".
std::string first_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t n = 0; n < std::min<std::size_t>(names.size(), 3); ++n)
    text += (n == 0 ? "" : ", ") + listed_name(names[n]);
  return text + (names.size() > 3 ? " …" : "");
}

/// "1 … 60" of names that are numbers, else "a, b, c …".
std::string range_of(const std::vector<std::string>& names) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max(), most = std::numeric_limits<std::int64_t>::min();
  for (const std::string& name : names) {
    const std::optional<std::int64_t> number = whole_number_in(name);
    if (!number) return first_of(names);
    least = std::min(least, *number);
    most = std::max(most, *number);
  }
  return fmt::format("{} … {}", least, most);
}

/// Throws UsageError for what is the name of none, with the name of that row where it is a number.
[[noreturn]] void refuse_name(const std::string& option, const std::string& text, const Prepared& prepared) {
  const Dataset& data = prepared.data;
  std::string row;
  const std::optional<std::int64_t> number = whole_number_in(text);
  for (Node i = 0; number && i < data.examples(); ++i)
    if (prepared.source_node(i) == *number)
      row = fmt::format("; row {} is {}", text, listed_name(data.node_names[static_cast<std::size_t>(i)]));
  const bool is_part = data.nodes() < prepared.source.nodes;
  throw UsageError(fmt::format("{} {}: {} has no {} of that name{}, want one of {}{}", option, text, data.name,
                               data.example_in_words(), is_part ? " in its largest component" : "",
                               range_of(data.node_names), row));
}

/// The node, or sequence, with this name in the source, or number where these have no names. Throws UsageError.
Node example_of(const std::string& option, const std::string& text, const Prepared& prepared) {
  const Dataset& data = prepared.data;
  if (const auto named = std::ranges::find(data.node_names, text); named != data.node_names.end())
    return static_cast<Node>(named - data.node_names.begin());
  if (!data.node_names.empty()) refuse_name(option, text, prepared);
  const std::optional<std::int64_t> typed = whole_number_in(text);
  if (!typed)
    throw UsageError(fmt::format("{} {}: {} has no {} of that name, want a number", option, text, data.name,
                                 data.example_in_words()));
  const std::int64_t number = *typed;
  if (prepared.source_nodes.empty()) {
    if (number < 0 || number >= data.examples())
      throw UsageError(fmt::format("{} {}: want 0 … {}, the {} of {}", option, text, data.examples() - 1,
                                   data.examples_in_words(), data.name));
    return static_cast<Node>(number);
  }
  const auto kept = std::ranges::find(prepared.source_nodes, number);
  if (kept == prepared.source_nodes.end())
    throw UsageError(fmt::format("{} {}: not among the {} nodes of the largest component of {}", option, text,
                                 data.nodes(), data.name));
  return static_cast<Node>(kept - prepared.source_nodes.begin());
}

/// The index from 0, or nothing when not given. Throws UsageError.
std::optional<Index> index_from_one(const char* option, Index typed, Index most) {
  if (typed == 0) return std::nullopt;
  if (typed > most) throw UsageError(fmt::format("{} {}: want 1 … {}", option, typed, most));
  return typed - 1;
}

/// What is asked for: the graph, or one sequence. Throws UsageError.
Explainable explainable(const ExplainRequest& request, const Trained& trained, const std::string& line) {
  const Prepared& prepared = trained.problem->prepared;
  const Dataset& data = prepared.data;
  if (!data.has_items()) {
    if (!request.item.empty())
      throw UsageError(fmt::format("--item: is of sequences, and {} is a graph; --node explains a node", data.name));
    return explainable_graph(trained, line);
  }
  if (!request.node.empty())
    throw UsageError(
        fmt::format("--node: is of a graph, and {} is a set of sequences; --item explains one", data.name));
  if (request.item.empty())
    throw UsageError(fmt::format("--item: got nothing, want one of the sequences 0 … {} of {}, as --item 0",
                                 data.examples() - 1, data.name));
  return explainable_item(trained, line, example_of("--item", request.item, prepared));
}

/// The most heads of one layer, or of all.
Index heads_of(const Explainable& explained, std::optional<Index> layer) {
  Index heads = 0;
  for (std::size_t l = 0; l < explained.layers.size(); ++l)
    if (!layer || *layer == static_cast<Index>(l)) heads = std::max(heads, explained.layers[l].alpha.columns());
  return heads;
}

Rendered rendered(const ExplainRequest& request, const Explainable& explained) {
  const auto layer = index_from_one("--layer", request.layer, static_cast<Index>(explained.layers.size()));
  if (request.node.empty())
    return render_model(explained, layer, index_from_one("--head", request.head, heads_of(explained, layer)));
  const Index chosen = layer.value_or(static_cast<Index>(explained.layers.size()) - 1);
  const auto head =
      index_from_one("--head", request.head, explained.layers[static_cast<std::size_t>(chosen)].alpha.columns());
  return render_node(explained, example_of("--node", request.node, explained.prepared()), chosen, head, request.top);
}

/// False when a file of the folder can't be written.
bool draw(const Rendered& found, const ExplainRequest& request) {
  const std::filesystem::path folder = request.out;
  if (!try_write([&] { make_folder(folder); })) return false;
  bool whole = true;
  const auto write = [&](const char* name, const std::string& text) {
    whole &= try_write([&] { write_whole(folder / name, text); });
  };
  write("explain.svg", found.svg);
  write("explain.json", found.json);
  write("explain.csv", found.csv);
  if (whole && !request.json) fmt::print("drawn in {}\n", (folder / "explain.svg").string());
  return whole;
}

/// Throws UsageError for what was asked for and would change nothing.
void check_idle(const CLI::App& app, const ExplainRequest& request) {
  if (app.get_option("--top")->count() > 0 && request.node.empty())
    throw UsageError("--top: is of the neighbours of a node, want it with --node");
  if (request.trained.machine.device_memory)
    throw UsageError("--device-memory: is of a CUDA device, and explain looks at a model on the CPU: leave it out");
  for (const char* option : {"--split", "--split-random", "--split-seed", "--validation-share"})
    if (app.get_option(option)->count() > 0)
      throw UsageError(std::string(option) + ": an explanation is of any node, whatever its part of the split");
}

}  // namespace

int explain(const Invocation& typed) {
  CLI::App app(explain_help, "mercer explain");
  ExplainRequest request;
  declare(app, request);
  if (!parse(app, typed.words)) return done;
  check_idle(app, request);
  if (!request.out.empty()) check_output_folder(request.out);
  if (!request.edges.empty()) {
    check_writable(request.edges);
    form_of({"--edges", request.edges}, {".csv"});
  }
  std::vector<Output>& outputs = request.trained.outputs;
  if (!request.out.empty())
    for (const char* name : {"explain.svg", "explain.json", "explain.csv"})
      outputs.push_back({"--out", std::filesystem::path(request.out) / name});
  if (!request.edges.empty()) outputs.push_back({"--edges", request.edges});
  MachineChoice& machine = request.trained.machine;
  if (machine.device != "auto" && machine.device != "cpu")
    throw UsageError("--device " + machine.device + ": explain looks at a model on the CPU, want cpu");
  machine.device = "cpu";
  const Trained trained = load_trained(request.trained);
  const Explainable explained = explainable(request, trained, typed.line);
  const Rendered found = rendered(request, explained);
  if (request.json)
    fmt::print("{}", found.json);
  else
    print_text(found.text);
  bool whole = true;
  if (!request.edges.empty()) {
    const auto layer = index_from_one("--layer", request.layer, static_cast<Index>(explained.layers.size()));
    const auto head = index_from_one("--head", request.head, heads_of(explained, layer));
    whole &= try_write([&] {
      const Edge rows = write_edges(explained, layer, head, request.edges);
      if (!request.json) print_text(fmt::format("{} rows written to {}\n", grouped(rows), request.edges));
    });
  }
  if (!request.out.empty()) whole &= draw(found, request);
  return whole ? done : incomplete;
}

}  // namespace mercer::program
