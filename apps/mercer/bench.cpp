#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <utility>

#include "base/counted.hpp"
#include "bench/epochs.hpp"
#include "bench/graphs.hpp"
#include "bench/operators.hpp"
#include "bench/peers.hpp"
#include "bench/record.hpp"
#include "cli/command_line.hpp"
#include "cli/errors.hpp"
#include "cli/interrupt.hpp"
#include "cli/numbers.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/streams.hpp"
#include "cli/users_words.hpp"
#include "commands.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/data/read.hpp"
#include "mercer/device/device.hpp"
#include "mercer/models/build.hpp"

namespace mercer::program {

namespace {

constexpr const char* bench_help =
    "Times every operator and whole epochs on graphs: medians of rounds, bytes by formula, GB/s, and in turn with "
    "each\n"
    "operator the ceiling it is held against: a copy, a gather of the graph's rows, a product of matrices.\n\n"
    "Examples:\n"
    "  mercer bench --graph cora-like --operators attend --json before.json\n"
    "  mercer bench --graph cora-like --operators attend --compare before.json\n"
    "  mercer bench --graph random:100000,1000000 --order shuffled --order metis --epochs 10 --svg roofline.svg\n"
    "  mercer bench --data planetoid/cora --operators none --epochs 20 --peers python3";

/// The options of `mercer bench`.
struct BenchCommand {
  std::vector<std::string> graphs, data, orders, operators, models;
  MachineChoice machine;
  Index heads = 8, width = 8, rounds = 15, epochs = 0;
  std::string json, svg, compare, peers;
  bool list = false;
};

void declare_many(CLI::App& app, const std::string& name, std::vector<std::string>& values, const std::string& says,
                  const char* type) {
  app.add_option(name, values, says)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->expected(1)
      ->type_name(type);
}

void declare_count(CLI::App& app, const std::string& name, Index& value, std::uint64_t low, std::uint64_t high,
                   const std::string& says) {
  app.add_option(name, value, says)->check(whole_number(low, high))->capture_default_str()->type_name("COUNT");
}

void declare(CLI::App& app, BenchCommand& asked) {
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.option_defaults()->group("Graphs");
  declare_many(app, "--graph", asked.graphs, graph_forms() + "; may stand several times", "GRAPH");
  declare_many(app, "--data", asked.data, "a data set by name or path; may stand several times", "NAME");
  declare_many(app, "--order", asked.orders,
               "of the nodes: given, shuffled, communities or metis; may stand several times", "ORDER");
  app.option_defaults()->group("What is timed");
  declare_many(app, "--operators", asked.operators,
               "those whose name has this in it; none: no operator; may stand several times", "WORD");
  app.add_flag("--list", asked.list, "print the names of the operators, and end");
  declare_count(app, "--heads", asked.heads, 1, 4096, "heads of operands and models");
  declare_count(app, "--width", asked.width, 1, 1 << 16, "width of a head");
  declare_count(app, "--rounds", asked.rounds, 1, 100'000, "of each operator, after one that warms up");
  declare_count(app, "--epochs", asked.epochs, 0, 100'000, "of each model that are timed; 0: none");
  declare_many(app, "--model", asked.models, "trained for the epochs; gat-pyg, gatv2 and gcn by default", "NAME");
  app.add_option("--peers", asked.peers,
                 "a Python with PyTorch Geometric or DGL: its epochs of the same models in turn")
      ->type_name("PYTHON");
  app.option_defaults()->group("Machine");
  declare_machine(app, asked.machine);
  app.option_defaults()->group("Output");
  app.add_option("--json", asked.json, "every figure")->type_name("FILE");
  app.add_option("--svg", asked.svg, "a roofline: rates against flops a byte")->type_name("FILE");
  app.add_option("--compare", asked.compare, "a file of --json: what is faster, slower or the same since then")
      ->type_name("FILE");
  app.add_option("--config", "options by name, TOML, INI or JSON; what is typed wins")->type_name("FILE");
}

/// One run of the command.
class BenchRun {
 public:
  BenchRun(const BenchCommand& asked, BenchRecord& record, Device device)
      : asked_(asked), record_(record), device_(device) {}

  /// False when interrupted.
  bool measure(const BenchGraph& graph) {
    const Graph topology(graph.data.graph);
    print_text(fmt::format("\n{}: {} nodes, {} edge slots; {} of width {}, {}, {}\n{}", graph.name, topology.rows(),
                           topology.edges(), counted(asked_.heads, "head"), asked_.width, counted(threads(), "thread"),
                           name_of(numbered(device_)), bench_header()));
    const timing::Sizes sizes{
        .nodes = topology.rows(), .heads = asked_.heads, .width = asked_.width, .device = device_};
    return measure_operators(graph.name, sizes, topology) && (!times_epochs_of(graph) || measure_epochs(graph));
  }

 private:
  /// Epochs want classes to learn.
  bool times_epochs_of(const BenchGraph& graph) {
    if (asked_.epochs == 0) return false;
    if (graph.data.classes() == 0) leave_out(graph.name, "an epoch", "the nodes have no labels");
    return graph.data.classes() > 0;
  }

  bool measure_operators(const std::string& graph, const timing::Sizes& sizes, const Graph& topology) {
    const std::vector<timing::MeasuredOperator> wanted = chosen();
    std::map<Ceiling, Call> ceilings;
    for (const Ceiling ceiling : {Ceiling::copy, Ceiling::gather, Ceiling::product}) {
      if (std::ranges::none_of(wanted, [&](const auto& each) { return each.ceiling == ceiling; })) continue;
      if (interrupt_requested()) return false;
      const Call& call = ceilings[ceiling] = timing::ceiling_call(ceiling, sizes, topology);
      add({.graph = graph,
           .name = fmt::format("ceiling: {}", name_of(ceiling)),
           .bytes = call.bytes,
           .flops = call.flops,
           .seconds = median_of(time_in_turn(call, nullptr, asked_.rounds, device_).call)});
    }
    for (const timing::MeasuredOperator& each : wanted) {
      if (interrupt_requested()) return false;
      try {
        add(measured(graph, each, each.make(sizes, topology), ceilings[each.ceiling]));
      } catch (const DeviceError& error) {
        leave_out(graph, each.name, in_users_words(error.what()));
      } catch (const ValueError& error) {
        leave_out(graph, each.name, in_users_words(error.what()));
      }
    }
    return true;
  }

  BenchLine measured(const std::string& graph, const timing::MeasuredOperator& timed, const Call& call,
                     const Call& ceiling) const {
    const Times times = time_in_turn(call, &ceiling, asked_.rounds, device_);
    const bool by_flops = timed.ceiling == Ceiling::product;
    const double work = by_flops ? call.flops : call.bytes, most = by_flops ? ceiling.flops : ceiling.bytes;
    const Median seconds = median_of(times.call);
    return {.graph = graph,
            .name = timed.name,
            .ceiling = timed.ceiling,
            .bytes = call.bytes,
            .flops = call.flops,
            .seconds = seconds,
            .share = work / seconds.at / (most / median_of(times.ceiling).at)};
  }

  std::vector<timing::MeasuredOperator> chosen() const {
    std::vector<timing::MeasuredOperator> all = timing::all_operators();
    if (asked_.operators.empty()) return all;
    std::erase_if(all, [&](const timing::MeasuredOperator& each) {
      return std::ranges::none_of(asked_.operators,
                                  [&](const std::string& word) { return each.name.find(word) != std::string::npos; });
    });
    return all;
  }

  bool measure_epochs(const BenchGraph& graph) {
    const EpochShape shape{.heads = asked_.heads, .width = asked_.width, .device = device_};
    std::optional<Peers> peers;
    if (!asked_.peers.empty()) {
      peers.emplace(asked_.peers, graph, shape);
      note_libraries(*peers);
    }
    for (const std::string& model : models()) {
      if (interrupt_requested()) return false;
      const EpochRequest request{.model = model, .shape = shape, .epochs = asked_.epochs};
      add_epochs(graph.name, "epoch: " + model, epoch_seconds(request, graph));
      if (!peers || !peers_have(model)) continue;
      for (const std::string& library : peers->libraries())
        if (!in_turn(graph, request, *peers, library)) return false;
    }
    return true;
  }

  /// Epochs of theirs and ours by turns: the ratio is of what was timed side by side.
  bool in_turn(const BenchGraph& graph, EpochRequest request, Peers& peers, const std::string& library) {
    std::vector<double> theirs, ratios;
    peers.epoch(library, request.model);  // the first epoch warms up
    const Index epochs = std::exchange(request.epochs, 1);
    for (Index e = 0; e < epochs; ++e) {
      if (interrupt_requested()) return false;
      const double seconds = peers.epoch(library, request.model);
      if (seconds < 0) {
        leave_out(graph.name, library + " epoch: " + request.model, peers.problem());
        return true;
      }
      theirs.push_back(seconds);
      ratios.push_back(seconds / median_of(epoch_seconds(request, graph)).at);
    }
    add_epochs(graph.name, library + " epoch: " + request.model, theirs);
    const Median ratio = median_of(ratios);
    note(fmt::format("{}: an epoch of {} takes {} {:.2f} times as long as mercer ({:.2f} to {:.2f})", graph.name,
                     request.model, library, ratio.at, ratio.low, ratio.high));
    return true;
  }

  void note_libraries(const Peers& peers) {
    if (!peers.versions().empty()) note("peers: " + peers.versions());
    for (const std::string& name : peers.missing())
      note("peers: " + asked_.peers + " has no " + name);
    if (!peers.problem().empty()) note("measured without peers: " + peers.problem());
  }

  std::vector<std::string> models() const {
    return asked_.models.empty() ? std::vector<std::string>{"gat-pyg", "gatv2", "gcn"} : asked_.models;
  }

  void add_epochs(const std::string& graph, const std::string& name, std::vector<double> seconds) {
    add({.graph = graph, .name = name, .seconds = median_of(std::move(seconds))});
  }

  void add(BenchLine line) {
    print_text(bench_text(line));
    std::fflush(stdout);
    record_.lines.push_back(std::move(line));
  }

  void leave_out(const std::string& graph, const std::string& name, const std::string& why) {
    note(fmt::format("{}: {} is not measured: {}", graph, name, why));
  }

  void note(const std::string& text) {
    if (std::ranges::find(record_.notes, text) != record_.notes.end()) return;
    tell(text);
    record_.notes.push_back(text);
  }

  const BenchCommand& asked_;
  BenchRecord& record_;
  Device device_;
};

void check_asked(const BenchCommand& asked) {
  std::vector<Output> outputs;
  if (!asked.json.empty()) outputs.push_back({"--json", asked.json});
  if (!asked.svg.empty()) outputs.push_back({"--svg", asked.svg});
  check_apart(outputs, {});
  if (!asked.json.empty()) form_of({"--json", asked.json}, {".json"});
  if (!asked.svg.empty()) form_of({"--svg", asked.svg}, {".svg"});
  for (const Output& output : outputs)
    check_writable(output.file);
  for (const std::string& graph : asked.graphs)
    check_graph(graph);
  for (const std::string& name : asked.data)
    dataset_place(name);  // throws where there is none
  for (const std::string& order : asked.orders)
    check_order(order);
  for (const std::string& model : asked.models) {
    options_of_model(model);  // throws for an unknown one
    if (is_sequence_model(model)) throw UsageError("--model " + model + ": attends over sequences, want one of graphs");
  }
  if (!asked.models.empty() && asked.epochs == 0)
    throw UsageError("--model: trains the epochs that are timed; want --epochs, too");
  if (!asked.peers.empty() && asked.epochs == 0)
    throw UsageError("--peers: times epochs beside mercer's; want --epochs, too");
  const bool none = std::ranges::find(asked.operators, "none") != asked.operators.end();
  if (none && asked.operators.size() > 1) throw UsageError("--operators: got none and others, want one or the other");
  if (none && asked.epochs == 0) throw UsageError("--operators none: leaves nothing to time; want --epochs, too");
  const std::vector<timing::MeasuredOperator> all = timing::all_operators();
  for (const std::string& word : asked.operators)
    if (word != "none" &&
        std::ranges::none_of(all, [&](const auto& each) { return each.name.find(word) != std::string::npos; }))
      throw UsageError("--operators " + word + ": no operator has this in its name; see mercer bench --list");
}

void print_operators() {
  std::string text;
  for (const timing::MeasuredOperator& each : timing::all_operators())
    text += fmt::format("{:<42} against {}\n", each.name, name_of(each.ceiling));
  print_text(text);
}

/// Calls each(graph) for every graph in every order until one says false.
template <class Each>
bool each_graph(const BenchCommand& asked, Each&& each) {
  const std::vector<std::string> orders = asked.orders.empty() ? std::vector<std::string>{"given"} : asked.orders;
  const auto in_all_orders = [&](const std::string& name, const Dataset& data) {
    for (const std::string& order : orders)
      if (!each(BenchGraph{order == "given" ? name : name + ", " + order, ordered(data, order)})) return false;
    return true;
  };
  std::vector<std::string> graphs = asked.graphs;
  if (graphs.empty() && asked.data.empty()) graphs.emplace_back("cora-like");
  for (const std::string& name : graphs)
    if (!in_all_orders(name, made_graph(name))) return false;
  for (const std::string& name : asked.data)
    if (!in_all_orders(name, read_graph(name))) return false;
  return true;
}

}  // namespace

int bench(const Invocation& typed) {
  CLI::App app(bench_help, "mercer bench");
  BenchCommand asked;
  declare(app, asked);
  if (!parse(app, with_config(app, typed.words))) return done;
  if (asked.list) {
    print_operators();
    return done;
  }
  check_asked(asked);
  const Device device = use_one_device(asked.machine).device;
  BenchRecord record{
      .command = typed.line, .setting = bench_setting(device, asked.heads, asked.width), .rounds = asked.rounds};
  std::optional<BenchRecord> before;
  if (!asked.compare.empty()) {
    before = read_bench(asked.compare);
    check_comparable(asked.compare, *before, record.setting);
  }
  const InterruptGuard guard;
  BenchRun run(asked, record, device);
  const bool whole = each_graph(asked, [&](const BenchGraph& graph) { return run.measure(graph); });
  record.whole = whole;
  if (!whole && record.lines.empty()) {
    tell("stopped before anything was measured; no file is written");
    return interrupted;
  }
  if (!whole) tell("stopped; what is measured so far follows");
  if (!asked.json.empty()) write_whole(asked.json, bench_json(record));
  if (!asked.svg.empty()) write_whole(asked.svg, roofline_svg(record));
  if (before) print_text("\n" + compared_text(*before, record));
  return whole ? done : interrupted;
}

}  // namespace mercer::program
