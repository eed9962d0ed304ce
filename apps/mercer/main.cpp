#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <stdexcept>

#include "cli/errors.hpp"
#include "cli/other_names.hpp"
#include "cli/streams.hpp"
#include "cli/users_words.hpp"
#include "cli/version.hpp"
#include "commands.hpp"
#include "mercer/base/check.hpp"

namespace mercer::program {

namespace {

struct Command {
  const char* name;
  const char* says;
  int (*run)(const Invocation&);
};

constexpr std::array commands{
    Command{"train", "train a model, write checkpoint, log, summary and report", train},
    Command{"evaluate", "measure a trained model on a data set", evaluate},
    Command{"predict", "write classes and probabilities of every node to CSV", predict},
    Command{"import", "make a model of a state_dict of PyTorch Geometric", import_model},
    Command{"compare", "train many models on many data sets, and compare them", compare},
    Command{"tune", "search a model's settings on the validation nodes", tune},
    Command{"explain", "show the factors of a trained model's attention", explain},
    Command{"models", "list the models, or the options of one", models},
    Command{"data", "list, describe or generate data sets", data},
    Command{"partition", "cut a graph into parts with few edges between them", partition},
    Command{"bench", "time operators and epochs, beside what the machine can do", bench},
    Command{"devices", "what this machine and this build can compute on", devices},
};

std::string help() {
  std::string text = fmt::format(
      "mercer {}: graph neural networks by kernel attention\n\nUsage: mercer COMMAND [OPTIONS]\n\nCommands:\n",
      version());
  for (const Command& command : commands)
    text += fmt::format("  {:<10}{}\n", command.name, command.says);
  return text +
         "\nmercer COMMAND --help (or mercer help COMMAND) lists its options; mercer --version prints the version.\n\n"
         "Example:\n  mercer train --data planted --recipe gat-cora --out runs/first\n";
}

int run(const Words& words, const std::string& line) {
  if (words.size() == 2 && words[0] == "help") return run({words[1], "--help"}, line);
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_help(help());
    return words.empty() ? bad_input : done;
  }
  if (words[0] == "--version") {
    fmt::print("mercer {}\n", version());
    return done;
  }
  std::vector<std::string> names;
  const Invocation typed{Words(words.begin() + 1, words.end()), line};
  if (words[0] == "compare-job") return compare_job(typed);
  for (const Command& command : commands) {
    if (words[0] == command.name) return command.run(typed);
    names.emplace_back(command.name);
  }
  const std::string known = command_for(words[0]);
  throw UsageError("mercer has no command '" + words[0] + "'" +
                   (known.empty() ? did_you_mean(words[0], names) : "; want " + known) + "; see mercer --help");
}

/// The exit code of `run`; every error is one message.
int guarded(const Words& words, const std::string& line) {
  try {
    return run(words, line);
  } catch (const std::bad_alloc&) {
    tell("out of memory; want a smaller model (--hidden, --heads, --layers) or data set");
  } catch (const UsageError& error) {
    tell_error(in_users_words(error.what()));
  } catch (const WriteError& error) {
    tell_error(error.what());
    return incomplete;
  } catch (const FileError& error) {
    tell_error(error.what());
  } catch (const ValueError& error) {
    tell_error(in_users_words(error.what()));
  } catch (const std::filesystem::filesystem_error& error) {
    tell_error(error.path1().string() + ": " + error.code().message());
  } catch (const DeviceError& error) {
    tell_error(error.what());
    return internal_failure;
  } catch (const std::exception& error) {
    if (std::ferror(stdout) != 0) return incomplete;  // fmt throws when it can't print
    tell_error(std::string("internal failure: ") + error.what());
    return internal_failure;
  }
  return bad_input;
}

}  // namespace

}  // namespace mercer::program

int main(int count, char** values) {
  using namespace mercer::program;
  prepare_streams();
  const Words words(values + 1, values + count);
  Words all{"mercer"};
  all.insert(all.end(), words.begin(), words.end());
  const int code = guarded(words, shell_line(all));
  return output_arrived() || code != done ? code : incomplete;
}
