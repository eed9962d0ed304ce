#include "data/files/pickle.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>
#include <vector>

#include "data/files/pickled_arrays.hpp"
#include "data/files/pickled_rows.hpp"
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
  const NpyArray y = pickled_array(labels, "", labels.root());
  CHECK(y.shape == std::vector<Index>{2, 3});
  CHECK(y.dtype == "<i4");
  CHECK(y.as<std::int32_t>() == std::vector<std::int32_t>{1, 2, 3, 4, 5, -6});
  const Pickle features(folder.write("x", pickle(pickled_csr(2, 9, {0, 1, 2}, {8, 0}, {0.5f, 2}))));
  const PickledRows x = pickled_rows(features);
  CHECK(x.rows == 2);
  CHECK(x.columns == 9);
  CHECK(x.column[0] == 8);
  CHECK(x.value[1] == 2.0f);
}

TEST_CASE("a dtype from the memo serves several arrays") {
  const TempFolder folder;
  std::string first = pickled_array("i4", {1}, raw<std::int32_t>({7}));
  const std::string dtype = first.substr(first.find("cnumpy\ndtype"), first.find("\x89") - first.find("cnumpy\ndtype"));
  first.insert(first.find("\x89"), "q\x05");
  std::string second = pickled_array("i4", {1, 1}, raw<std::int32_t>({8}));
  second.replace(second.find(dtype), dtype.size(), "h\x05");
  const Pickle one(folder.write("one", pickle(first)));
  CHECK(pickled_integers(one, "", object_of(one.root(), Kind::array)) == std::vector<std::int64_t>{7});
  const Pickle both(folder.write("both", pickle(first + second + "\x86")));
  CHECK(object_of(both.root(), Kind::tuple)->items.size() == 2);
}

TEST_CASE("only the objects of the format can be named") {
  check_bad(pickle("cos\nsystem\nU\x02ls\x85R"), 2, "global 'os system' is not among the objects that are read");
  for (const char* model : {"c__main__\nNet\n", "cmy.models\nNet\n", "ctorch.nn.modules.linear\nLinear\n"})
    check_bad(pickle(model), 2, "; of a model save model.state_dict()");
  check_bad(pickle(")" + pickled_global("numpy", "load")), 3, "global 'numpy load'");
  check_bad(pickle(pickled_global("numpy ndarray", "")), 2, "global 'numpy ndarray '");
  check_bad(pickle(pickled_global("", "numpy ndarray")), 2, "global ' numpy ndarray'");
  check_bad(pickle(pickled_global("__builtin__", "eval")), 2, "'__builtin__ eval'");
  check_bad(
      "\x80\x02"
      "cnumpy",
      2, "a name has no end");
  for (const char* name :
       {"scipy.sparse.csr csr_matrix", "scipy.sparse._csr csr_array", "numpy.core.multiarray _reconstruct",
        "numpy._core.numeric _frombuffer", "numpy ndarray", "numpy dtype", "collections defaultdict", "builtins set"}) {
    const std::string both = name;
    const std::size_t space = both.find(' ');
    const TempFolder folder;
    const Pickle some(folder.write("some", pickle(pickled_global(both.substr(0, space), both.substr(space + 1)))));
    CHECK(object_of(some.root(), Kind::global)->name == both);
  }
}

TEST_CASE("named objects are made and called in one way each") {
  check_bad(pickle(pickled_global("numpy", "ndarray") + ")\x81"), 18,
            "'numpy ndarray' is no class that can be made here");
  check_bad(pickle(pickled_global("scipy.sparse.csr", "csr_matrix") + pickled(1) + "\x85\x81"), 34,
            "without arguments");
  check_bad(pickle(pickled_global("__builtin__", "list") + pickled(1) + "\x85R"), 23,
            "can't be called with these arguments");
  check_bad(pickle(pickled_global("collections", "defaultdict") + pickled(1) + "\x85R"), 30,
            "'collections defaultdict' can't be called");
  check_bad(pickle(pickled_global("numpy", "dtype") + pickled(4) + "\x85R"), 18, "'numpy dtype' can't be called");
  check_bad(pickle(")"
                   ")R"),
            4, "a call wants");
  check_bad(pickle(")"
                   ")b"),
            4, "a state is given that doesn't fit");
  const std::string dtype = pickled_global("numpy", "dtype") + text("i4") + pickled(0) + pickled(1) + "\x87R";
  check_bad(pickle(dtype + pickled(3) + text("<>") +
                   "\x86"
                   "b"),
            32, "a state is given that doesn't fit");
  check_bad(pickle(pickled_global("_codecs", "encode") + text("b") + text("rot13") + "\x86R"), 29, "can't be called");
  check_bad(pickle(pickled_global("_codecs", "encode") + text("\xE2\x82\xAC") + text("latin1") + "\x86R"), 32,
            "can't be called");
}

TEST_CASE("lengths, marks and the stack are checked") {
  const auto length = [](std::int32_t value) { return raw<std::int32_t>({value}); };
  check_bad(pickle("T" + length(-1)), 2, "wants 4294967295 more bytes");
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
  check_bad(pickle("\x97"), 2, "opcode '\\x97'");  // a buffer that stands elsewhere
  check_bad("\x80\x01N.", 0, "want a pickle of protocol 2 to 5");
  check_bad("\x80\x06N.", 0, "want a pickle of protocol 2 to 5");
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
  const auto matrix = [](const Pickle& some) { pickled_array(some, "", some.root()).as<std::int32_t>(); };
  const auto csr = [](const Pickle& some) { pickled_rows(some); };
  const std::string six = raw<std::int32_t>({1, 2, 3, 4, 5, 6});
  check_bad_object("N", matrix, "is no numpy array");
  check_bad_object(pickled_array("f4", {2, 3}, six), matrix, "doesn't fit the type wanted");
  check_bad_object(pickled_array("O8", {2, 3}, six), matrix, "has items '<O8'");
  check_bad_object(pickled_array("i4", {6}, six), csr, "has 1 dimensions, want 2");
  check_bad_object(pickled_array("i4", {2, 4}, six), matrix, "its shape doesn't fit its 24 bytes");
  check_bad_object(pickled_array("i4", {0x7FFFFFFF, 0x7FFFFFFF}, six), matrix, "doesn't fit");
  check_bad_object(pickled_array("i4", {-2, -3}, six), matrix, "no tuple of lengths");
  check_bad_object(pickled_array("i4", {2, 3}, six + "x"), matrix, "doesn't fit");
  std::string big_endian = pickled_array("i4", {2, 3}, six);
  big_endian[big_endian.find('<')] = '>';
  check_bad_object(big_endian, matrix, "has items '>i4', want little-endian numbers");
  check_bad_object("N", csr, "holds no matrix");
  check_bad_object(pickled_array("i4", {2, 0}, ""), csr, "has no columns");
  check_bad_object(pickled_global("scipy.sparse.csr", "csr_matrix") + ")\x81", csr, "was given no state");
  check_bad_object(pickled_global("scipy.sparse.csr", "csr_matrix") + ")\x81}b", csr, "has no entry '_shape'");
  check_bad_object(pickled_csr(2, 9, {0, 2}, {1, 2}, {1, 1}), csr, "has 2 offsets, want 3");
  check_bad_object(pickled_csr(2, 9, {1, 1, 2}, {1, 2}, {1, 1}), csr, "starts with 1, want 0");
  check_bad_object(pickled_csr(2, 9, {0, 3, 2}, {1, 2}, {1, 1}), csr, "the offsets fall at row 1");
  check_bad_object(pickled_csr(2, 9, {0, 1, 3}, {1, 2}, {1, 1}), csr, "its offsets want 3");
  check_bad_object(pickled_csr(2, 9, {0, 1, 2}, {1, 2}, {1}), csr, "2 columns and 1 values");
  check_bad_object(pickled_csr(-2, 9, {0}, {}, {}), csr, "no tuple of lengths");
}

namespace {

std::string short_text(const std::string& text) {
  return "\x8c" + std::string(1, static_cast<char>(text.size())) + text;
}

/// A pickle of protocol 4 and 5 names objects by two texts on the stack.
std::string stack_global(const std::string& module, const std::string& name) {
  return short_text(module) + "\x94" + short_text(name) + "\x94\x93\x94";
}

/// An array as numpy writes it into a pickle of protocol 5; the dtype is memo entry 6.
std::string buffer_array(const std::vector<std::int32_t>& items) {
  const std::string bytes = raw(items);
  return stack_global("numpy._core.numeric", "_frombuffer") + "(\x96" + raw<std::uint64_t>({bytes.size()}) + bytes +
         "\x94" + stack_global("numpy", "dtype") + short_text("i4") + "\x94\x89\x88\x87\x94R\x94(K\x03" +
         short_text("<") + "\x94NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK" + std::string(1, '\0') +
         "t\x94"
         "b" +
         "K" + std::string(1, static_cast<char>(items.size())) + "\x85\x94" + short_text("C") + "\x94t\x94R\x94";
}

std::string protocol_5(const std::string& body) {
  return "\x80\x05\x95" + raw<std::uint64_t>({body.size() + 1}) + body + ".";
}

std::string sparse(const std::string& kind, std::int32_t rows, const std::string& entries) {
  return pickled_global("scipy.sparse._" + kind, kind + "_matrix") + ")\x81}(" + text("_shape") + pickled(rows) +
         pickled(3) + "\x86" + entries + "ub";
}

std::string pickled_numbers(const std::vector<std::int32_t>& items) {
  return pickled_array("i4", {static_cast<std::int32_t>(items.size())}, raw(items));
}

/// An array of lists of integers, as lil_matrix has them.
std::string object_lists(const std::vector<std::vector<std::int32_t>>& lists) {
  std::string list = "](";
  for (const std::vector<std::int32_t>& items : lists) {
    list += "](";
    for (const std::int32_t item : items)
      list += pickled(item);
    list += "e";
  }
  std::string array = pickled_array("O8", {static_cast<std::int32_t>(lists.size())}, "");
  const std::string nothing = pickled(std::string()) + "tb";
  array.replace(array.rfind(nothing), nothing.size(), list + "etb");
  return array;
}

void check_rows(const PickledRows& x, const std::vector<std::int64_t>& offset, const std::vector<std::int64_t>& column,
                const std::vector<double>& value) {
  CHECK(x.columns == 3);
  CHECK(x.offset == offset);
  CHECK(x.column == column);
  CHECK(x.value == value);
}

}  // namespace

TEST_CASE("protocol 5 keeps an array's bytes in the pickle, names by the stack and remembers without numbers") {
  const TempFolder folder;
  const Pickle some(folder.write("some", protocol_5(buffer_array({3, -4}))));
  CHECK(pickled_integers(some, "", some.root()) == std::vector<std::int64_t>{3, -4});
  check_bad(protocol_5(short_text("os") + short_text("system") + "\x93"), 23, "global 'os system'");
  check_bad(protocol_5("NN\x93"), 13, "a global wants two texts");
  check_bad(protocol_5("\x96" + raw<std::uint64_t>({~std::uint64_t{0}})), 11, "wants 18446744073709551615 more bytes");
  check_bad(protocol_5("h\x05"), 11, "the memo has no entry 5");
}

TEST_CASE("numbers, sets and bytes of Python 3") {
  const TempFolder folder;
  const std::string long_one = "\x8a\x05" + std::string("\xff\xff\xff\xff\x7f"), minus = "\x8a\x01\xfe";
  const Pickle some(folder.write("some", "\x80\x04(" + long_one + minus + "G" + "\x40\x04" + std::string(6, '\0') +
                                             "\x8f(" + pickled(4) + "\x90(" + pickled(5) + "\x91" + "C\x02hi" + "t."));
  const PickleObject* tuple = object_of(some.root(), Kind::tuple);
  REQUIRE(tuple != nullptr);
  CHECK(tuple->items[0] == PickleValue(std::int64_t{0x7FFFFFFFFF}));
  CHECK(tuple->items[1] == PickleValue(std::int64_t{-2}));
  CHECK(tuple->items[2] == PickleValue(2.5));
  CHECK(pickled_integers(some, "", tuple->items[3]) == std::vector<std::int64_t>{4});
  CHECK(pickled_integers(some, "", tuple->items[4]) == std::vector<std::int64_t>{5});
  CHECK(tuple->items[5] == PickleValue(std::string_view("hi")));
  check_bad(std::string("\x80\x02\x8a\x09") + "123456789.", 2, "an integer has 9 bytes, want at most 8");
  const std::string set = pickled_global("__builtin__", "set") + "](" + pickled(7) + "e\x85R";
  const Pickle made(folder.write("set", pickle(set)));
  CHECK(pickled_integers(made, "", made.root()) == std::vector<std::int64_t>{7});
}

TEST_CASE("bytes of Python 3 in protocol 2 are latin-1 texts, and numpy's integers are integers") {
  const TempFolder folder;
  const auto scalar = [&](const std::string& bytes) {
    return pickled_global("numpy._core.multiarray", "scalar") + pickled_global("numpy", "dtype") + text("i4") +
           pickled(0) + pickled(1) + "\x87R(" + pickled(3) + text("<") + "tb" + pickled_global("_codecs", "encode") +
           "X" + raw<std::uint32_t>({static_cast<std::uint32_t>(bytes.size())}) + bytes + text("latin1") + "\x86R\x86R";
  };
  const Pickle some(folder.write("some", pickle(scalar(std::string("\xc3\xbf\x01\0\0", 5)))));
  CHECK(some.root() == PickleValue(std::int64_t{511}));
  check_bad(pickle(scalar("123")), 99, "'numpy._core.multiarray scalar' can't be called");
}

TEST_CASE("sparse matrices of all forms are rows") {
  const TempFolder folder;
  const auto rows = [&](const std::string& body) { return pickled_rows(Pickle(folder.write("x", pickle(body)))); };
  const std::string one_two_three = text("data") + pickled_numbers({1, 2, 3});
  check_rows(rows(sparse("csr", 2,
                         text("indptr") + pickled_numbers({0, 2, 3}) + text("indices") + pickled_numbers({0, 2, 1}) +
                             one_two_three)),
             {0, 2, 3}, {0, 2, 1}, {1, 2, 3});
  check_rows(rows(sparse("csc", 2,
                         text("indptr") + pickled_numbers({0, 1, 2, 3}) + text("indices") + pickled_numbers({1, 0, 1}) +
                             one_two_three)),
             {0, 1, 3}, {1, 0, 2}, {2, 1, 3});
  check_rows(
      rows(sparse("coo", 2,
                  text("row") + pickled_numbers({1, 0, 1}) + text("col") + pickled_numbers({2, 1, 0}) + one_two_three)),
      {0, 1, 3}, {1, 2, 0}, {2, 1, 3});
  check_rows(
      rows(sparse("coo", 2,
                  text("coords") + pickled_numbers({1, 0, 1}) + pickled_numbers({2, 1, 0}) + "\x86" + one_two_three)),
      {0, 1, 3}, {1, 2, 0}, {2, 1, 3});
  check_rows(
      rows(sparse("lil", 2, text("rows") + object_lists({{1}, {0, 2}}) + text("data") + object_lists({{4}, {5, 6}}))),
      {0, 1, 3}, {1, 0, 2}, {4, 5, 6});
  check_rows(rows(pickled_array("i4", {2, 3}, raw<std::int32_t>({0, 7, 0, 8, 0, 9}))), {0, 1, 3}, {1, 0, 2}, {7, 8, 9});
}

TEST_CASE("a sparse matrix that doesn't fit together is refused") {
  const auto read = [](const Pickle& some) { pickled_rows(some); };
  const std::string data = text("data") + pickled_numbers({1, 2});
  check_bad_object(
      sparse("coo", 2, text("row") + pickled_numbers({0, 2}) + text("col") + pickled_numbers({0, 1}) + data), read,
      "row 2 is out of range, want 0 … 1");
  check_bad_object(sparse("coo", 2, text("row") + pickled_numbers({0}) + text("col") + pickled_numbers({0, 1}) + data),
                   read, "has 1 rows, 2 columns and 2 values");
  check_bad_object(
      sparse("coo", 0x7FFFFFF0, text("row") + pickled_numbers({0, 1}) + text("col") + pickled_numbers({0, 1}) + data),
      read, "claims 2147483632 rows, more than the file has bytes");
  check_bad_object(sparse("coo", 2, text("coords") + pickled_numbers({0, 1}) + data), read, "is no pair of arrays");
  check_bad_object(
      sparse("csc", 2, text("indptr") + pickled_numbers({0, 2}) + text("indices") + pickled_numbers({0, 1}) + data),
      read, "has 2 offsets, want 4");
  check_bad_object(sparse("lil", 3, text("rows") + object_lists({{0}, {1}}) + text("data") + object_lists({{0}, {1}})),
                   read, "is no array of 3 lists");
  check_bad_object(sparse("lil", 1, text("rows") + object_lists({{0}}) + text("data") + object_lists({{0, 1}})), read,
                   "row 0: has not as many columns as values");
}

TEST_CASE("changed pickles of every form are read or refused") {
  const TempFolder folder;
  const std::string data = text("data") + pickled_numbers({1, 2, 3});
  const std::string sound[] = {
      protocol_5(buffer_array({3, -4, 7})),
      pickle(
          sparse("csc", 2,
                 text("indptr") + pickled_numbers({0, 1, 2, 3}) + text("indices") + pickled_numbers({1, 0, 1}) + data)),
      pickle(
          sparse("coo", 2, text("row") + pickled_numbers({1, 0, 1}) + text("col") + pickled_numbers({2, 1, 0}) + data)),
      pickle(
          sparse("lil", 2, text("rows") + object_lists({{1}, {0, 2}}) + text("data") + object_lists({{4}, {5, 6}})))};
  Random random(11);
  int refused = 0;
  for (const std::string& bytes : sound)
    for (int i = 0; i < 2000; ++i)
      try {
        const Pickle some("changed", mutated(bytes, random));
        if (object_of(some.root(), Kind::sparse) != nullptr) pickled_rows(some);
        if (object_of(some.root(), Kind::array) != nullptr) pickled_integers(some, "", some.root());
      } catch (const FileError&) {
        ++refused;
      }
  CHECK(refused > 4000);
  CHECK(refused < 8000);
}
