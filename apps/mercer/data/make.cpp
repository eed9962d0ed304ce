#include "data/make.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "base/counted.hpp"
#include "cli/errors.hpp"
#include "cli/numbers.hpp"
#include "cli/output.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/synthetic_sequences.hpp"
#include "mercer/data/write.hpp"

namespace mercer::program {

namespace {

constexpr std::uint64_t most_words = 1u << 24, most_slots = 10'000'000'000, most_items = 10'000'000;

/// The command line of one kind: --out and the options that are added.
class MakeCommand {
 public:
  MakeCommand(const char* description, const std::string& kind) : app_(description, "mercer data make " + kind) {
    app_.add_option("--out", out_, "folder to write")->type_name("DIR");
  }

  template <class Field>
  void count(const char* name, Field& field, const char* help, std::uint64_t most = most_items) {
    app_.add_option(name, field, help)->check(whole_number(0, most))->capture_default_str();
  }
  void real(const char* name, double& field, const char* help, double most = 1) {
    app_.add_option(name, field, help)->check(real_number(0, most))->capture_default_str();
  }
  CLI::App& app() { return app_; }

  /// False when only help was asked for. Throws UsageError, FileError for a folder that can't be written.
  bool takes(const Words& words) {
    if (!parse(app_, words)) return false;
    if (out_.empty()) throw UsageError("mercer data make: --out: got nothing, want a folder");
    check_output_folder(out_);
    return true;
  }
  const std::string& out() const { return out_; }

 private:
  CLI::App app_;
  std::string out_;
};

int write_items(const Dataset& data, const std::string& out, const char* item, const char* row, const char* options) {
  write_dataset(data, out);
  fmt::print("{}, {} in all, {}\ntrain on it: mercer train --data {} {}\n", counted(data.examples(), item),
             counted(data.nodes(), row), counted(data.classes(), "class"), shell_line({out}), options);
  return done;
}

int make_lookup(const Words& words) {
  MakeCommand command(
      "Generates dictionary lookup tables: attention that ranks the keys alike for all queries fails on them.\n\n"
      "Example:\n  mercer data make lookup --out runs/lookup --size 10",
      "lookup");
  LookupOptions options;
  command.count("--size", options.size, "keys, queries and values of one table", 10'000);
  command.count("--train", options.train, "training tables");
  command.count("--validation", options.validation, "validation tables");
  command.count("--test", options.test, "test tables");
  command.count("--seed", options.seed, "which tables", any_seed);
  if (!command.takes(words)) return done;
  const Dataset data = lookup_tables(options);
  write_dataset(data, command.out());
  fmt::print(
      "{} of {} keys and {} queries: {} nodes, {} edges from keys to queries\n"
      "train on it: mercer train --data {} --model gatv2 --layers 1 --dropout 0 --weight-decay 0\n",
      counted(data.nodes() / (2 * options.size), "table"), options.size, options.size, data.nodes(), data.graph.edges(),
      shell_line({command.out()}));
  return done;
}

int make_planted(const Words& words) {
  MakeCommand command(
      "Generates a planted citation graph and writes it as plain text, the format of a graph of your own.\n\n"
      "Example:\n  mercer data make planted --out runs/planted --seed 1",
      "planted");
  PlantedOptions options;
  Index nodes = 0, classes = 0;
  command.app()
      .add_option("--nodes", nodes, "nodes, in classes of one size; without it Cora's classes")
      ->check(whole_number(2, 10'000'000));
  command.app().add_option("--classes", classes, "classes of one size")->check(whole_number(2, 10'000));
  command.count("--edges", options.edges, "undirected edges", most_slots);
  command.real("--homophily", options.homophily, "share of edges within a class");
  command.count("--words", options.words, "features", most_words);
  command.count("--words-in-all", options.words_in_all, "nonzeros", most_slots);
  command.real("--topic-share", options.topic_share, "of a node's words, from its class");
  command.count("--train", options.train_of_each_class, "training nodes of each class", any_count);
  command.count("--validation", options.validation, "validation nodes", any_count);
  command.count("--test", options.test, "test nodes", any_count);
  command.count("--seed", options.seed, "which graph of its kind", any_seed);
  if (!command.takes(words)) return done;
  if (nodes > 0 || classes > 0) {
    if (classes == 0) classes = static_cast<Index>(options.class_sizes.size());
    if (nodes == 0) nodes = 2708;
    options.class_sizes.assign(static_cast<std::size_t>(classes), nodes / classes);
    for (Index c = 0; c < nodes % classes; ++c)
      ++options.class_sizes[static_cast<std::size_t>(c)];
  }
  const Dataset data = planted_citations(options);
  write_dataset(data, command.out());
  fmt::print("{}, {}, {}, {}\ntrain on it: mercer train --data {}\n", counted(data.nodes(), "node"),
             counted(data.graph.edges(), "edge slot"), counted(data.feature_count(), "feature"),
             counted(data.classes(), "class"), shell_line({command.out()}));
  return done;
}

int make_listops(const Words& words) {
  MakeCommand command(
      "Generates nested operations on digits, as ListOps of Long Range Arena: [MAX 4 [SM 2 7 ] 3 ] has the class 9.\n"
      "Published sets have 96000, 2000 and 2000 expressions of 500 to 2000 tokens; short ones train in minutes.\n\n"
      "Example:\n  mercer data make listops --out runs/listops --shortest 10 --longest 100",
      "listops");
  ListOpsOptions options;
  command.count("--train", options.train, "expressions to train on");
  command.count("--validation", options.validation, "further ones, which stand in the file for training");
  command.count("--test", options.test, "expressions for the test");
  command.count("--shortest", options.shortest, "tokens, at least");
  command.count("--longest", options.longest, "tokens, at most");
  command.count("--depth", options.depth, "depth at which every value is a digit");
  command.count("--arguments", options.arguments, "values of an operation, at most");
  command.count("--seed", options.seed, "which expressions", any_seed);
  if (!command.takes(words)) return done;
  return write_items(list_operations(options), command.out(), "expression", "token", "--batch 32");
}

int make_bags(const Words& words) {
  MakeCommand command(
      "Generates bags of pictures of digits with a label each: does the bag hold a 9? (multiple-instance learning, as "
      "on\n"
      "MNIST-bags).\n\n"
      "Example:\n  mercer data make bags --out runs/bags",
      "bags");
  BagOptions options;
  command.count("--train", options.train, "bags to train on");
  command.count("--validation", options.validation, "further ones, which stand in the file for training");
  command.count("--test", options.test, "bags for the test");
  command.count("--size", options.size, "pictures of a bag in the mean; a bag has half to three halves as many");
  command.real("--noise", options.noise, "largest change of a pixel's brightness, which is from 0 to 1", 10);
  command.count("--seed", options.seed, "which bags", any_seed);
  if (!command.takes(words)) return done;
  return write_items(planted_bags(options), command.out(), "bag", "picture", "--model transformer-sa-abmilp");
}

struct Kind {
  const char* name;
  int (*make)(const Words& words);
};

constexpr Kind kinds[]{
    {"planted", make_planted}, {"lookup", make_lookup}, {"listops", make_listops}, {"bags", make_bags}};

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const Kind& kind : kinds)
    names.emplace_back(kind.name);
  return names;
}

}  // namespace

std::string kinds_to_make() { return fmt::format("{}", fmt::join(kind_names(), "|")); }

int make(const Words& words) {
  if (!words.empty() && (words[0] == "--help" || words[0] == "-h")) {
    fmt::print(
        "Generates a data set and writes it as text, in the form of a set of your own.\n\n"
        "Usage: mercer data make {} --out DIR\n\nEach has a --help of its own.\n\n"
        "Example:\n  mercer data make planted --out runs/planted --seed 1\n",
        kinds_to_make());
    return done;
  }
  const std::string wanted = fmt::format("want {}", fmt::join(kind_names(), ", "));
  if (words.empty()) throw UsageError("mercer data make: got no kind, " + wanted);
  for (const Kind& kind : kinds)
    if (words[0] == kind.name) return kind.make(Words(words.begin() + 1, words.end()));
  throw UsageError("mercer data make: got '" + words[0] + "', " + wanted + did_you_mean(words[0], kind_names()));
}

}  // namespace mercer::program
