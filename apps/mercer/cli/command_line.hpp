#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace mercer::program {

using Words = std::vector<std::string>;

/// Replaces `--config FILE` (or `--config=FILE`) by the file's options as `--name=value`, but for those that are typed,
/// which win. FILE is TOML, INI or a JSON object; its names are those of the options, without dashes. Throws
/// UsageError on a name that `app` doesn't have, FileError on a file that can't be read.
Words with_config(const CLI::App& app, const Words& words);

/// Parses the words after the command's name. False when they asked for help, which is printed. Throws UsageError, with
/// the nearest name for an unknown option, and for one that is given twice and is no list.
bool parse(CLI::App& app, const Words& words);

/// The options of a command: "--hidden", "--heads" …, without -h.
std::vector<std::string> option_names(const CLI::App& app);

/// "; did you mean NEAREST?", or nothing when no name is near.
std::string did_you_mean(const std::string& typed, const std::vector<std::string>& known);

/// The same of an option that stands without its dashes, in a list or a range; it knows other tools' names, too.
/// Where no name is near, "; see WHERE".
std::string name_meant(const std::string& name, const std::vector<std::string>& known, const std::string& where);

/// The words as one line, quoted for a shell.
std::string shell_line(const Words& words);

/// The line that goes on with an interrupted command: without --fresh, which would delete finished results.
std::string line_to_go_on(const std::string& command, const Words& words);

}  // namespace mercer::program
