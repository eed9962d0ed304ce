#include "report/page.hpp"

#include <fmt/format.h>

#include "cli/version.hpp"
#include "report/style.hpp"
#include "report/svg.hpp"

namespace mercer::program {

std::string card(const std::string& value, const std::string& what, bool first) {
  return fmt::format("<div class=\"card{}\"><b>{}</b><span>{}</span></div>\n", first ? " first" : "", escaped(value),
                     escaped(what));
}

std::string row(const std::string& name, const std::string& value) {
  return fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escaped(name), escaped(value));
}

std::string section(const std::string& title, const std::string& body, const std::string& id) {
  const std::string named = id.empty() ? "" : fmt::format(" id=\"{}\"", escaped(id));
  return fmt::format("<section{}>\n<h2>{}</h2>\n{}</section>\n", named, escaped(title), body);
}

std::string page(const std::string& title, const std::string& subtitle, const std::string& body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0} – Mercer</title>\n"
      "<style>{1}</style></head>\n<body><main>\n<h1>{0}</h1>\n<p class=\"soft\">{2}, Mercer {3}</p>\n"
      "{4}</main></body></html>\n",
      escaped(title), report_style, escaped(subtitle), version(), body);
}

}  // namespace mercer::program
