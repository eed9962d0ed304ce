#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "mercer/base/check.hpp"

namespace mercer::test {

/// The message of the E that call() throws; "" when it returns.
template <class E, class Call>
std::string message_of(Call&& call) {
  try {
    call();
  } catch (const E& error) {
    return error.what();
  }
  return "";
}

/// Checks that call() throws an E whose message contains every piece.
template <class E = FileError, class Call>
void check_refused(Call&& call, const std::vector<std::string>& pieces) {
  const std::string complaint = message_of<E>(call);
  CAPTURE(complaint);
  for (const std::string& piece : pieces) {
    CAPTURE(piece);
    CHECK(complaint.find(piece) != std::string::npos);
  }
}

}  // namespace mercer::test
