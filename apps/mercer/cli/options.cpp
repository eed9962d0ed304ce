#include "cli/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <sstream>

#include "cli/command_line.hpp"
#include "cli/errors.hpp"
#include "cli/help.hpp"
#include "cli/numbers.hpp"
#include "cli/streams.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/device/device.hpp"

namespace mercer::program {

namespace {

constexpr int most_threads = 4096;

/// --name, or --name and --no-name for a truth value; `set` takes a checked value.
void declare_option(CLI::App& app, const OptionDeclaration& option, std::function<void(const OptionValue&)> set) {
  using Kind = OptionDeclaration::Kind;
  if (option.kind == Kind::truth) {
    app.add_flag_function(
           fmt::format("--{0},!--no-{0}", option.name), [set](std::int64_t count) { set(count > 0); }, option.meaning())
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    return;
  }
  const auto take = [set, option](const std::string& text) {
    try {
      set(option.checked(text));
    } catch (const ValueError& error) {
      throw UsageError(std::string("--") + error.what());
    }
  };
  app.add_option_function<std::string>("--" + option.name, take, option.meaning())
      ->type_name(option.kind == Kind::name     ? "NAME"
                  : option.kind == Kind::number ? "NUMBER"
                  : option.choices.empty()      ? "COUNT"
                                                : "COUNT|NAME");
}

void declare_options(CLI::App& app, const OptionList& list) {
  for (const Option& option : list.options())
    declare_option(app, option, option.assign);
}

}  // namespace

void declare_data(CLI::App& app, DataChoice& choice) {
  app.add_option("--data", choice.data, "a name, a path, planted or karate")->type_name("NAME");
  declare_options(app, options_of(choice));
}

void hide_positive(CLI::App& app) { app.get_option("--positive")->group(""); }

void declare_training(CLI::App& app, TrainingChoice& choice) { declare_options(app, options_of(choice)); }

void declare_runs(CLI::App& app, const ManyRuns& runs, const std::string& what) {
  app.option_defaults()->group("Machine");
  app.add_option("--jobs", runs.jobs, "trainings side by side, one thread each; 0: as many as cores")
      ->check(whole_number(0, 4096))
      ->capture_default_str()
      ->type_name("COUNT");
  app.option_defaults()->group("Output");
  app.add_option("--out", runs.out, "folder for results and report; what is finished there is taken over")
      ->type_name("DIR");
  app.add_flag("--fresh,--overwrite", runs.fresh, "forget what --out holds of " + what);
  app.add_flag("--quiet", runs.quiet, "no progress line and no results on standard output");
  app.add_option("--config", "options by name, TOML, INI or JSON; what is typed wins")->type_name("FILE");
}

void declare_machine(CLI::App& app, MachineChoice& choice) {
  app.add_option("--threads", choice.threads, "0: all; results don't depend on it")
      ->check(whole_number(0, most_threads))
      ->type_name("COUNT")
      ->capture_default_str();
  app.add_option("--device", choice.device, "cpu, cuda, cuda:NUMBER, or auto: cuda where there is one")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--device-memory", choice.device_memory,
                 "most that is taken of a CUDA device, as in 4GB; what does not fit stays on the host, and attention "
                 "streams through the device")
      ->transform(CLI::AsSizeValue(false).description(""))
      ->transform(plain_size())
      ->type_name("SIZE");
}

void declare_request(CLI::App& app, TrainRequest& request) {
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.option_defaults()->group("Data");
  declare_data(app, request.data);
  app.option_defaults()->group("Model");
  app.add_option(
         "--recipe", request.recipe,
         "published numbers: gat-cora, gcn-pubmed …, or of sequences transformer-uea; tuned: a deep stack of --model; "
         "without one, that of --model")
      ->type_name("NAME");
  app.add_option("--model", request.model,
                 "gat, gatv2, gcn, rbf, ikan-direct … (mercer models lists them all); of sequences transformer, or "
                 "transformer-NAME with the attention of that model")
      ->type_name("NAME");
  app.option_defaults()->group(model_options);
  for (const OptionDeclaration& option : options_of_all_models().list)
    declare_option(app, option, [&values = request.options.options, name = option.name](const OptionValue& value) {
      values.insert_or_assign(name, value);
    });
  app.option_defaults()->group("Training");
  declare_training(app, request.training);
  app.add_option("--seed", request.seed, "of first values, dropout and random splits")
      ->check(whole_number(0, any_seed))
      ->capture_default_str()
      ->type_name("NUMBER");
  app.add_option("--seeds", request.seeds, "runs with seeds S, S + 1 …; mean and deviation over them")
      ->check(whole_number(1, 100'000))
      ->capture_default_str()
      ->type_name("COUNT");
  list_first(app, {"--data", "--split-random", "--recipe", "--model", "--layers", "--hidden", "--heads", "--dropout",
                   "--learning-rate", "--weight-decay", "--epochs", "--patience", "--seeds"});
}

void declare(CLI::App& app, TrainCommand& command) {
  declare_request(app, command.request);
  app.add_option(
         "--init", command.init,
         "begin with the parameters of the model in this folder, of mercer train or mercer import; its options, "
         "data and preparation hold where nothing else is said")
      ->type_name("DIR");
  app.option_defaults()->group("Machine");
  declare_machine(app, command.machine);
  app.get_option("--device")
      ->description(
          "cpu, cuda, cuda:NUMBER, or auto: cuda where there is one; several, as cuda:0,cuda:1, train on one graph "
          "together");
  app.add_flag("--no-cuda-graph", command.machine.no_cuda_graph,
               "on a CUDA device, every epoch is launched kernel by kernel");
  app.add_flag("--no-nccl", command.machine.no_nccl, "several CUDA devices copy from one another, even with NCCL");
  app.option_defaults()->group("Output");
  app.add_option("--out", command.out, "folder for checkpoint, log, summary and report")->type_name("DIR");
  app.add_option("--summary", command.summary, "the summary as JSON")->type_name("FILE");
  app.add_option_function<std::string>(
         "--profile",
         [&command](const std::string& file) {  // a configuration switches it on and off by true and false
           if (file != "false") command.profile = file == "true" ? "" : file;
         },
         "times every operator and layer: tables, and in FILE.json and FILE.svg the tree of times as text and as a "
         "flame "
         "graph; without FILE profile.json and profile.svg in --out")
      ->expected(0, 1)
      ->type_name("FILE");
  app.add_option("--resume", command.resume,
                 "go on with an interrupted run; with --epochs train a finished one further")
      ->type_name("DIR");
  app.add_flag("--fresh,--overwrite", command.fresh,
               "start anew even if --out holds an interrupted run, or another finished one");
  app.add_flag("--quiet", command.quiet, "no progress line and no results on standard output");
  app.add_option("--config", "options by name, TOML, INI or JSON; what is typed wins")->type_name("FILE");
  list_first(app, {"--out"});
}

namespace {

/// The number behind "cuda:", 0 when there is none. Throws UsageError, `typed` being what was typed, unless there is
/// such a device.
int number_of(const std::string& device, const std::string& typed) {
  int number = 0;
  if (device != "cuda") {
    const std::string digits = device.starts_with("cuda:") ? device.substr(5) : "";
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size() || number < 0)
      throw UsageError("--device " + typed + ": want cpu, cuda, cuda:NUMBER or auto" +
                       did_you_mean(device, {"cpu", "cuda", "auto"}));
  }
  if (!cuda_available()) throw UsageError("--device " + typed + ": " + cuda_description());
  if (number >= cuda_devices())
    throw UsageError("--device " + typed + ": there is " + cuda_description() + ", counted from 0");
  return number;
}

/// What was asked for of CUDA devices where the CPU computes, or of several of them where one does: refused where the
/// device was named, and named where `auto` found another.
void check_idle(const MachineChoice& choice, bool on_cuda, bool several) {
  const auto idle = [&](bool given, const char* option, const char* of) {
    if (!given) return;
    const std::string is_of = fmt::format("{}: is of {}; ", option, of);
    if (choice.device != "auto") throw UsageError(is_of + "--device is " + choice.device);
    tell(is_of + (on_cuda ? "--device auto takes one" : "there is none, and it has no effect on the CPU"));
  };
  if (!on_cuda) {
    idle(choice.device_memory.has_value(), "--device-memory", "a CUDA device");
    idle(choice.no_cuda_graph, "--no-cuda-graph", "a CUDA device");
  }
  if (!on_cuda || !several) idle(choice.no_nccl, "--no-nccl", "several CUDA devices");
}

Machine use_several(const MachineChoice& choice) {
  std::vector<std::string> names;
  std::istringstream list(choice.device + ",");  // one that ends in a comma has an empty last name
  for (std::string name; std::getline(list, name, ',');)
    names.push_back(name);
  Machine machine{.ranks = static_cast<int>(names.size())};
  set_threads(choice.threads);
  if (choice.device_memory) throw UsageError("--device-memory: is of one CUDA device; --device is " + choice.device);
  const auto on_cpu = std::ranges::count(names, "cpu");
  check_idle(choice, on_cpu == 0, true);
  if (on_cpu == std::ssize(names)) {
    set_threads(std::max(1, threads() / machine.ranks));  // each rank has its own
    return machine;
  }
  if (on_cpu > 0) throw UsageError("--device " + choice.device + ": want devices of one kind");
  machine.device = Device::cuda;
  machine.cuda_graph = !choice.no_cuda_graph;
  machine.joined.nccl = !choice.no_nccl;
  for (const std::string& name : names)
    machine.joined.devices.push_back(number_of(name, choice.device));
  return machine;
}

}  // namespace

Machine use_machine(const MachineChoice& choice) {
  return choice.device.find(',') == std::string::npos ? use_one_device(choice) : use_several(choice);
}

Machine use_one_device(const MachineChoice& choice) {
  const std::string& device = choice.device;
  if (device.find(',') != std::string::npos)
    throw UsageError("--device " + device + ": want one device; several are of mercer train alone");
  set_threads(choice.threads);
  constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());  // -1 is read as more
  if (choice.device_memory && (*choice.device_memory == 0 || *choice.device_memory > most))
    throw UsageError("--device-memory: want a size above 0, as 4GB");
  const bool on_cpu = device == "cpu" || (device == "auto" && !cuda_available());
  check_idle(choice, !on_cpu, false);
  if (on_cpu) return {};
  use_cuda_device(device == "auto" ? 0 : number_of(device, device));
  Machine machine{.device = Device::cuda, .cuda_graph = !choice.no_cuda_graph};
  machine.note = [](const std::string& text) { tell(text); };
  if (!choice.device_memory) return machine;
  limit_cuda_memory(*choice.device_memory);
  // passes keep other arrays than the pieces in their slots: a quarter is left for them
  machine.stream_bytes = *choice.device_memory - *choice.device_memory / 4;
  return machine;
}

std::vector<std::pair<std::string, std::string>> listed(const Settings& settings) {
  std::vector<std::pair<std::string, std::string>> list{{"model", settings.model.name}};
  for (const OptionValues& values : {settings.model.options, option_values(settings.training)})
    for (const auto& [name, value] : values)
      list.emplace_back(name, value.text());
  if (!settings.init.empty()) list.emplace_back("init", settings.init);
  return list;
}

}  // namespace mercer::program
