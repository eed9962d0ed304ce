// Numbers that differ in text or in double and not as Real.
#include <doctest/doctest.h>

#include <string>

#include "data/rounding.hpp"
#include "data/texts.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;

namespace {

Dataset of_numbers(const std::string& features, const std::string& labels = "id,label\n0,a\n1,b\n2,a\n",
                   const std::string& edges = "0,1\n1,2\n") {
  return read_texts({{"edges.csv", edges}, {"features.csv", features}, {"labels.csv", labels}});
}

}  // namespace

TEST_CASE("columns whose numbers become one are noted") {
  if (sizeof(Real) == sizeof(double)) return;
  CHECK(has_note(of_numbers("id,day\n0,2459000.00\n1,2459000.01\n2,2459000.02\n"),
                 "features.csv: column 2 (day): numbers are kept in single precision, in which 3 different ones are 1: "
                 "2459000 and 2459000.01"));
  CHECK(has_note(of_numbers("id,x,p\n0,1.5,1e-60\n1,2,2e-60\n2,5,0.5\n"), "column 3 (p): numbers are kept in single"));
  CHECK(has_note(of_numbers("id,x\n0,1\n1,5\n2,3\n", "id,p\n0,1e-60\n1,2e-60\n2,3e-60\n"), "3 different ones are 1"));
  CHECK(has_note(of_numbers("id,x\n0,1\n1,5\n2,3\n", "id,label\n0,a\n1,b\n2,a\n",
                            "source,target,weight\n0,1,2459000.01\n1,2,2459000.02\n"),
                 "2 different ones are 1"));
}

TEST_CASE("numbers that differ by the rounding of double alone are not noted") {
  CHECK_FALSE(has_note(of_numbers("id,x\n0,0.3\n1,0.30000000000000004\n2,0.1\n"), "single precision"));
  DifferentNumbers many;
  for (int n = 0; n < 1000; ++n)
    many.add(n + 0.123456789);
  std::vector<std::string> notes;
  many.note("x", notes);
  CHECK(notes.empty());
}
