#pragma once

#include <string>

/// Parts of a self-contained HTML page. Texts are escaped, bodies are HTML.
namespace mercer::program {

/// A highlighted number with its label.
std::string card(const std::string& value, const std::string& what, bool first = false);

/// A row of a table of facts.
std::string row(const std::string& name, const std::string& value);

/// A section; the id, if any, makes it a link target.
std::string section(const std::string& title, const std::string& body, const std::string& id = "");

/// The whole page. The version of the program follows the subtitle.
std::string page(const std::string& title, const std::string& subtitle, const std::string& body);

}  // namespace mercer::program
