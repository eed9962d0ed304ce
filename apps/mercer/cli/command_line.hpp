#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace mercer::program {

using Words = std::vector<std::string>;

/// The words with `--config FILE` (or `--config=FILE`) replaced by what FILE holds, as `--name=value` in front of the
/// others, so that what is typed wins. FILE is TOML or INI; its names are those of the options, without the dashes.
/// Throws UsageError on a name that `app` does not have, FileError on a file that can't be read.
Words with_config(const CLI::App& app, const Words& words);

/// Parses the words after the command's name. False when they asked for help, which is printed. Throws UsageError;
/// an unknown option comes with the nearest name.
bool parse(CLI::App& app, const Words& words);

/// "--hidden", "--heads" … of a command, without -h.
std::vector<std::string> option_names(const CLI::App& app);

/// "; did you mean NEAREST?", or nothing when none is near.
std::string did_you_mean(const std::string& typed, const std::vector<std::string>& known);

/// The words as one line that a shell reads back the same.
std::string shell_line(const Words& words);

}  // namespace mercer::program
