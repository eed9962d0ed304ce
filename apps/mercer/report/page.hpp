#pragma once

#include <string>

/// Pieces of an HTML page that needs nothing from outside. Texts are escaped, bodies are HTML.
namespace mercer::program {

/// A number that stands out, and what it is.
std::string card(const std::string& value, const std::string& what, bool first = false);

/// A line of a table of facts.
std::string row(const std::string& name, const std::string& value);

/// With an id, the section can be linked to.
std::string section(const std::string& title, const std::string& body, const std::string& id = "");

/// The whole page; the subtitle is followed by the version of the program.
std::string page(const std::string& title, const std::string& subtitle, const std::string& body);

}  // namespace mercer::program
