#pragma once

#include <initializer_list>
#include <string>

namespace CLI {
class App;
}

namespace mercer::program {

/// The group of the options that a model has: a help names them at its end, and says where each is described.
inline constexpr const char* model_options = "Options of the model";

/// Lists those options before all groups: what nearly everyone uses.
void list_first(CLI::App& app, std::initializer_list<const char*> options);

/// What --help prints: description and examples, usage, what nearly everyone uses, then group by group.
std::string help_of(const CLI::App& app);

}  // namespace mercer::program
