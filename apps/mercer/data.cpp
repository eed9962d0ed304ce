#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/counted.hpp"
#include "cli/errors.hpp"
#include "cli/output.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "data/make.hpp"
#include "data/text.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/data/describe.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/write.hpp"
#include "mercer/experiment/node_features.hpp"
#include "mercer/experiment/prepare.hpp"

namespace mercer::program {

namespace {

const char* in_words(LabelKind kind) {
  return kind == LabelKind::classes ? "one class each" : kind == LabelKind::several ? "several of each" : "numbers";
}

/// Do the names of the classes tell the numbers of another reading, so that nothing is lost in text?
bool names_hold(const Dataset& data, const LabelReading& reading) {
  if (data.label_kind != LabelKind::classes || reading.kind != LabelKind::real || reading.targets.columns() != 1)
    return false;
  for (Index i = 0; i < reading.targets.rows(); ++i) {
    const std::int32_t label = data.labels[static_cast<std::size_t>(i)];
    const Real target = reading.targets(i, 0);
    if (label < 0 ? !std::isnan(target)
                  : fmt::format("{}", target) != data.class_names[static_cast<std::size_t>(label)])
      return false;
  }
  return true;
}

/// The labels as the task has them; without a task as they are, with notes of what another one would read. Throws
/// UsageError, FileError.
Dataset for_task(Dataset data, const std::string& typed) {
  std::vector<std::string> names;
  for (const auto& choice : task_choices) {
    if (typed == choice.name) return with_task(std::move(data), choice.value);
    names.emplace_back(choice.name);
  }
  if (!typed.empty())
    throw UsageError(
        fmt::format("--task: got {}, want {}{}", typed, fmt::join(names, ", "), did_you_mean(typed, names)));
  if (data.other_readings.size() > 1 && !data.label_doubt.empty()) throw FileError(data.label_doubt);
  for (const LabelReading& reading : data.other_readings)
    if (reading.problem.empty() && reading.kind != data.label_kind && !names_hold(data, reading))
      data.notes.push_back(fmt::format("labels are written as {}; --task {} writes them as {}",
                                       in_words(data.label_kind), name_of(reading.kind, task_choices),
                                       in_words(reading.kind)));
  return data;
}

void add_task(CLI::App& app, std::string& task, const std::string& does) {
  app.add_option("--task", task, does + " that this task learns: classes, multi-label or regression")
      ->type_name("NAME");
}

int info(const Words& words) {
  CLI::App app("Describes a data set, named or by its path.\n\nExample:\n  mercer data info karate",
               "mercer data info");
  std::string name, task;
  bool json = false;
  app.add_option("NAME", name, "a name, a path, planted or karate")->type_name("");
  add_task(app, task, "describe the labels");
  app.add_flag("--json", json, "as JSON");
  if (!parse(app, words)) return done;
  if (name.empty())
    throw UsageError("mercer data info: got no name, want a data set; mercer data list shows those that are known");
  const Dataset data = task.empty() ? load_dataset(name) : for_task(load_dataset(name), task);
  Description description = describe(data);
  if (const std::string note = scales_note(data); !note.empty() && !data.has_items()) description.notes.push_back(note);
  if (json)
    fmt::print("{}", description_json(description));
  else
    print_text(description_text(description));
  return done;
}

int list(const Words& words) {
  CLI::App app(
      "Lists the data sets that are built in, and those in the folders of $MERCER_DATASETS and in datasets/.\n\n"
      "Example:\n  mercer data list",
      "mercer data list");
  if (!parse(app, words)) return done;
  for (const BuiltInDataset& built_in : built_in_datasets())
    fmt::print("{}  (built in: {})\n", built_in.name, built_in.description);
  for (const std::string& name : known_datasets())
    print_text(printable(name) + "\n");
  for (const UnreadableDataset& odd : unreadable_datasets())
    tell("left out: " + printable(odd.why));
  return done;
}

bool hold_the_same(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::ifstream left(a, std::ios::binary), right(b, std::ios::binary);
  using Bytes = std::istreambuf_iterator<char>;
  return left && right && std::equal(Bytes(left), Bytes(), Bytes(right), Bytes());
}

/// Throws UsageError where a file is there that holds something else than these data.
void refuse_other_archive(const Dataset& data, const std::filesystem::path& out) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(out, ignored)) return;  // or a device
  std::filesystem::path anew = out;
  anew += ".part";  // a name that outputs take for themselves
  write_archive(data, anew);
  const bool same = hold_the_same(anew, out);
  std::filesystem::remove(anew, ignored);
  if (!same)
    throw UsageError(
        fmt::format("--out {}: is there and holds something else; want another name, or --overwrite to "
                    "replace it",
                    out.string()));
}

int convert(const Words& words) {
  CLI::App app(
      "Writes a data set as a folder of plain text, or a graph as one .npz of the form gnn-benchmark. Sequences "
      "become\n"
      ".ts files, texts a line each.\n"
      "Any form is read: folders of text (also Geom-GCN's, GraphLand's and OGB's), .npz of gnn-benchmark and of\n"
      "heterophilous graphs, ind.NAME.* of Planetoid, .content and .cites of LINQS, .pt of PyTorch Geometric, edge "
      "lists,\n"
      ".mtx, METIS .graph, .ts and folders of texts; text may be compressed as .gz.\n\n"
      "Examples:\n  mercer data convert planetoid/cora --out runs/cora\n"
      "  mercer data convert my-graph --out my-graph.npz",
      "mercer data convert");
  std::string name, task;
  std::filesystem::path out;
  app.add_option("NAME", name, "a name, a path, planted or karate")->type_name("");
  app.add_option("--out", out, "folder to write, which must not exist, or a file that ends in .npz")->type_name("PATH");
  bool overwrite = false;
  app.add_flag("--overwrite", overwrite, "replace a file.npz that holds something else");
  add_task(app, task, "write the labels");
  if (!parse(app, words)) return done;
  if (name.empty()) throw UsageError("mercer data convert: got no name, want a data set");
  if (out.empty()) throw UsageError("mercer data convert: --out: got nothing, want a folder or a file.npz");
  const bool archive = form_of({"--out", out}, {".npz"}, "a folder's name") == ".npz";
  archive ? check_writable(out) : check_output_folder(out);
  check_apart({{"--out", out}}, {.data = dataset_place(name)});
  Dataset data = for_task(load_dataset(name), task);
  if (!archive) {
    const std::vector<std::string> lost = lost_in_text(data);
    data.notes.insert(data.notes.end(), lost.begin(), lost.end());
  }
  if (archive && !overwrite) refuse_other_archive(data, out);
  archive ? write_archive(data, out) : write_dataset(data, out);
  const std::string what = data.has_items()
                               ? counted(data.examples(), "sequence") + ", " + counted(data.nodes(), "position")
                               : counted(data.nodes(), "node") + ", " + counted(data.graph.edges(), "edge slot");
  print_text(fmt::format("{}, {}, {}, {} written to {}\n", what, counted(data.feature_count(), "feature"),
                         counted(data.classes(), "class"), counted(std::ssize(data.splits), "split"),
                         printable(out.string())));
  for (const std::string& note : data.notes)
    print_text("note        " + printable(note) + "\n");
  return done;
}

}  // namespace

int data(const Invocation& typed) {
  const Words& words = typed.words;
  if (words.empty() || words[0] == "--help" || words[0] == "-h") {
    fmt::print(
        "Lists, describes, converts and generates data sets.\n\nUsage: mercer data info NAME | list | convert NAME "
        "--out PATH | make {} --out DIR\n\n"
        "Each has a --help of its own.\n\nExample:\n  mercer data info planted\n",
        kinds_to_make());
    return words.empty() ? bad_input : done;
  }
  const Words rest(words.begin() + 1, words.end());
  if (words[0] == "info") return info(rest);
  if (words[0] == "list") return list(rest);
  if (words[0] == "convert") return convert(rest);
  if (words[0] == "make") return make(rest);
  throw UsageError("mercer data has no command '" + words[0] + "'" +
                   did_you_mean(words[0], {"info", "list", "convert", "make"}) + "; see mercer data --help");
}

}  // namespace mercer::program
