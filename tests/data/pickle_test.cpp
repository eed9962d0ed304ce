#include "data/files/pickle.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>
#include <vector>

#include "data/files/pickled_arrays.hpp"
#include "support/bad_files.hpp"
#include "support/files.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

using Kind = PickleObject::Kind;

/// Expects an error at this byte, with this text, for the file ind.bad with these bytes.
void check_bad(const std::string& bytes, std::size_t at, const std::string& piece) {
  const TempFolder folder;
  const auto file = folder.write("ind.bad", bytes);
  check_refused([&] { Pickle{file}; }, {"ind.bad: byte " + std::to_string(at) + ": ", piece});
}

template <class Read>
void check_bad_object(const std::string& body, Read&& read, const std::string& piece) {
  const TempFolder folder;
  const Pickle some(folder.write("ind.bad", pickle(body)));
  check_refused([&] { read(some); }, {"ind.bad: ", piece});
}

std::string text(const char* characters) { return pickled(std::string(characters)); }

}  // namespace

TEST_CASE("a pickle holds numbers, texts, tuples, lists and memo entries") {
  const TempFolder folder;
  const std::string long_text(300, 'x');
  const Pickle some(folder.write(
      "some", pickle("(" + pickled(-2) + pickled(70000) + pickled(300) + "q\x07" + "N\x88" + pickled(long_text) + "r" +
                     raw<std::int32_t>({9}) + "](" + pickled(1) + "h\x07" + "ej" + raw<std::int32_t>({9}) + "t")));
  const PickleObject* tuple = object_of(some.root(), Kind::tuple);
  REQUIRE(tuple != nullptr);
  REQUIRE(tuple->items.size() == 8);
  CHECK(tuple->items[0] == PickleValue(std::int64_t{-2}));
  CHECK(tuple->items[1] == PickleValue(std::int64_t{70000}));
  CHECK(tuple->items[2] == PickleValue(std::int64_t{300}));
  CHECK(tuple->items[3] == PickleValue(std::monostate{}));
  CHECK(tuple->items[4] == PickleValue(true));
  CHECK(tuple->items[5] == PickleValue(std::string_view(long_text)));
  const PickleObject* list = object_of(tuple->items[6], Kind::list);
  REQUIRE(list != nullptr);
  CHECK(list->items == std::vector<PickleValue>{std::int64_t{1}, std::int64_t{300}});
  CHECK(tuple->items[7] == tuple->items[5]);
}

TEST_CASE("arrays and sparse matrices are what numpy and scipy wrote") {
  const TempFolder folder;
  const Pickle labels(folder.write("y", pickle(pickled_array("i4", {2, 3}, raw<std::int32_t>({1, 2, 3, 4, 5, -6})))));
  const auto y = pickled_matrix(labels);
  CHECK(y.shape == std::vector<Index>{2, 3});
  CHECK(y[5] == -6);
  const Pickle features(folder.write("x", pickle(pickled_csr(2, 9, {0, 1, 2}, {8, 0}, {0.5f, 2}))));
  const PickledCsr x = pickled_csr(features);
  CHECK(x.rows == 2);
  CHECK(x.columns == 9);
  CHECK(x.column[0] == 8);
  CHECK(x.value[1] == 2.0f);
}

TEST_CASE("a dtype from the memo serves several arrays") {
  const TempFolder folder;
  std::string first = pickled_array("i4", {1, 1}, raw<std::int32_t>({7}));
  const std::string dtype = first.substr(first.find("cnumpy\ndtype"), first.find("\x89") - first.find("cnumpy\ndtype"));
  first.insert(first.find("\x89"), "q\x05");
  std::string second = pickled_array("i4", {1, 1}, raw<std::int32_t>({8}));
  second.replace(second.find(dtype), dtype.size(), "h\x05");
  CHECK(pickled_matrix(Pickle(folder.write("one", pickle(first))))[0] == 7);
  const Pickle both(folder.write("both", pickle(first + second + "\x86")));
  CHECK(object_of(both.root(), Kind::tuple)->items.size() == 2);
}

TEST_CASE("only the objects of the format can be named") {
  check_bad(pickle("cos\nsystem\nU\x02ls\x85R"), 2, "global 'os system' is not among the objects of this format");
  check_bad(pickle(")" + pickled_global("numpy", "load")), 3, "global 'numpy load'");
  check_bad(pickle(pickled_global("numpy ndarray", "")), 2, "global 'numpy ndarray '");
  check_bad(pickle(pickled_global("", "numpy ndarray")), 2, "global ' numpy ndarray'");
  check_bad(pickle(pickled_global("__builtin__", "eval")), 2, "'__builtin__ eval'");
  check_bad(
      "\x80\x02"
      "cnumpy",
      2, "a name has no end");
  for (const char* name : {"scipy.sparse.csr csr_matrix", "numpy.core.multiarray _reconstruct", "numpy ndarray",
                           "numpy dtype", "collections defaultdict", "__builtin__ list"}) {
    const std::string both = name;
    const std::size_t space = both.find(' ');
    const TempFolder folder;
    const Pickle some(folder.write("some", pickle(pickled_global(both.substr(0, space), both.substr(space + 1)))));
    CHECK(object_of(some.root(), Kind::global)->name == both);
  }
}

TEST_CASE("named objects are made and called in one way each") {
  check_bad(pickle(pickled_global("numpy", "ndarray") + ")\x81"), 18, "only csr_matrix, and without arguments");
  check_bad(pickle(pickled_global("scipy.sparse.csr", "csr_matrix") + pickled(1) + "\x85\x81"), 34,
            "without arguments");
  check_bad(pickle(pickled_global("__builtin__", "list") + ")R"), 21, "can't be called with these arguments");
  check_bad(pickle(pickled_global("collections", "defaultdict") + ")R"), 28,
            "'collections defaultdict' can't be called");
  check_bad(pickle(pickled_global("numpy", "dtype") + pickled(4) + "\x85R"), 18, "'numpy dtype' can't be called");
  check_bad(pickle(")"
                   ")R"),
            4, "a call wants");
  check_bad(pickle(")"
                   ")b"),
            4, "a state is given that doesn't fit");
  const std::string dtype = pickled_global("numpy", "dtype") + text("i4") + pickled(0) + pickled(1) + "\x87R";
  check_bad(pickle(dtype + pickled(3) + text(">") +
                   "\x86"
                   "b"),
            31, "not little-endian");
}

TEST_CASE("lengths, marks and the stack are checked") {
  const auto length = [](std::int32_t value) { return raw<std::int32_t>({value}); };
  check_bad(pickle("T" + length(-1)), 2, "negative length -1");
  check_bad(pickle("T" + length(0x7FFFFFFF)), 2, "wants 2147483647 more bytes, the file has 1");
  check_bad(pickle("U\x05"
                   "ab"),
            2, "wants 5 more bytes, the file has 3");
  check_bad(pickle("h\x01"), 2, "the memo has no entry 1");
  check_bad(pickle("j" + length(-1)), 2, "the memo has no entry 4294967295");
  check_bad(pickle(""), 2, "the stack is empty");
  check_bad(pickle("q\x01"), 2, "the stack is empty");
  check_bad(pickle("t"), 2, "no mark");
  check_bad(pickle("(t\x86"), 4, "the stack is empty");
  check_bad(pickle("N(\x85"), 4, "the stack is empty");  // not below a mark
  check_bad(pickle("NN"), 4, "left over");
  check_bad(pickle("(N"), 4, "left over");
  check_bad(pickle("}(Nu"), 5, "a key has no value");
  check_bad(pickle(")Na"), 4, "something else than a list");
  check_bad(pickle("](NNu"), 6, "something else than a dictionary");
  check_bad(pickle("N") + "N", 3, "the file goes on");
  check_bad(pickle("I1\n"), 2, "opcode 'I'");
  check_bad(pickle("\x95"), 2, "opcode '\\x95'");
  check_bad("\x80\x03N.", 0, "want a pickle of protocol 2");
  check_bad("(dp1\n.", 0, "want a pickle of protocol 2");
  check_bad("\x80\x02N", 3, "wants 1 more bytes");
}

TEST_CASE("deep nesting and cycles need no deep stack") {
  const TempFolder folder;
  std::string deep = "N";
  for (int i = 0; i < 200000; ++i)
    deep += "\x85";
  CHECK(object_of(Pickle(folder.write("deep", pickle(deep))).root(), Kind::tuple) != nullptr);
  const Pickle ring(folder.write("ring", pickle("]q\x01h\x01"
                                                "a")));
  const PickleObject* list = object_of(ring.root(), Kind::list);
  CHECK(list->items == std::vector<PickleValue>{list});
  check_bad(pickle(std::string(200000, '(')), 200002, "the stack is empty");
}

TEST_CASE("an object that is not the one wanted is named") {
  const auto matrix = [](const Pickle& some) { pickled_matrix(some); };
  const auto csr = [](const Pickle& some) { pickled_csr(some); };
  const std::string six = raw<std::int32_t>({1, 2, 3, 4, 5, 6});
  check_bad_object("N", matrix, "is no numpy array");
  check_bad_object(pickled_array("f4", {2, 3}, six), matrix, "has items 'f4', want 'i4'");
  check_bad_object(pickled_array("i4", {6}, six), matrix, "has 1 dimensions, want 2");
  check_bad_object(pickled_array("i4", {2, 4}, six), matrix, "its shape doesn't fit its 24 bytes");
  check_bad_object(pickled_array("i4", {0x7FFFFFFF, 0x7FFFFFFF}, six), matrix, "doesn't fit");
  check_bad_object(pickled_array("i4", {-2, -3}, six), matrix, "no tuple of lengths");
  check_bad_object(pickled_array("i4", {2, 3}, six + "x"), matrix, "doesn't fit");
  std::string fortran = pickled_array("i4", {2, 3}, six);
  fortran[fortran.find('\x89')] = '\x88';
  check_bad_object(fortran, matrix, "is in Fortran order");
  check_bad_object(pickled_array("i4", {2, 3}, six), csr, "holds no scipy.sparse.csr_matrix");
  check_bad_object(pickled_global("scipy.sparse.csr", "csr_matrix") + ")\x81", csr, "was given no state");
  check_bad_object(pickled_global("scipy.sparse.csr", "csr_matrix") + ")\x81}b", csr, "has no entry '_shape'");
  check_bad_object(pickled_csr(2, 9, {0, 2}, {1, 2}, {1, 1}), csr, "has 2 offsets, want 3");
  check_bad_object(pickled_csr(2, 9, {1, 1, 2}, {1, 2}, {1, 1}), csr, "starts with 1, want 0");
  check_bad_object(pickled_csr(2, 9, {0, 3, 2}, {1, 2}, {1, 1}), csr, "the offsets fall at row 1");
  check_bad_object(pickled_csr(2, 9, {0, 1, 3}, {1, 2}, {1, 1}), csr, "its offsets want 3");
  check_bad_object(pickled_csr(2, 9, {0, 1, 2}, {1, 2}, {1}), csr, "2 columns and 1 values");
  check_bad_object(pickled_csr(-2, 9, {0}, {}, {}), csr, "no tuple of lengths");
}
