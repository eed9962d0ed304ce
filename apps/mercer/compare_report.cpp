#include "compare_report.hpp"

namespace mercer::program {

std::string comparison_report(const Comparison&) { return ""; }

}  // namespace mercer::program
