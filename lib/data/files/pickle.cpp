#include "data/files/pickle.hpp"

#include <array>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "data/files/read_file.hpp"

namespace mercer {
namespace {

using Kind = PickleObject::Kind;

/// The only global names that such a pickle may contain.
constexpr std::string_view csr_matrix = "scipy.sparse.csr csr_matrix",
                           reconstruct = "numpy.core.multiarray _reconstruct", ndarray = "numpy ndarray",
                           dtype = "numpy dtype", defaultdict = "collections defaultdict", list = "__builtin__ list";
constexpr std::array globals{csr_matrix, reconstruct, ndarray, dtype, defaultdict, list};

/// The opcodes that such a pickle needs, with their names in Python's pickletools.
enum Opcode : unsigned char {
  MARK = '(',
  STOP = '.',
  BININT = 'J',
  BININT1 = 'K',
  BININT2 = 'M',
  NONE = 'N',
  REDUCE = 'R',
  BINSTRING = 'T',
  SHORT_BINSTRING = 'U',
  EMPTY_LIST = ']',
  APPEND = 'a',
  BUILD = 'b',
  GLOBAL = 'c',
  APPENDS = 'e',
  BINGET = 'h',
  LONG_BINGET = 'j',
  BINPUT = 'q',
  LONG_BINPUT = 'r',
  SETITEM = 's',
  TUPLE = 't',
  EMPTY_TUPLE = ')',
  SETITEMS = 'u',
  EMPTY_DICT = '}',
  PROTO = 0x80,
  NEWOBJ = 0x81,
  TUPLE1 = 0x85,
  TUPLE2 = 0x86,
  TUPLE3 = 0x87,
  NEWTRUE = 0x88,
  NEWFALSE = 0x89
};

/// The stack machine of a pickle.
class Machine {
 public:
  Machine(const std::filesystem::path& file, std::string_view bytes, std::deque<PickleObject>& heap)
      : file_(file), bytes_(bytes), heap_(heap) {}

  PickleValue run() {
    if (take(1)[0] != static_cast<char>(PROTO) || take(1)[0] != 2)
      fail("starts with " + in_quotes(bytes_.substr(0, 2)) + ", want a pickle of protocol 2 ('\\x80\\x02')");
    for (;;) {
      opcode_at_ = at_;
      const auto opcode = static_cast<unsigned char>(take(1)[0]);
      if (opcode == STOP) break;
      if (!run_literal(opcode) && !run_memo(opcode) && !run_container(opcode) && !run_object(opcode))
        fail("opcode " + in_quotes(bytes_.substr(opcode_at_, 1)) + " is not among those of this format");
    }
    if (at_ != bytes_.size()) fail("the pickle ends here, the file goes on");
    PickleValue root = pop();
    if (!stack_.empty() || !marks_.empty()) fail("values are left over on the stack");
    return root;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    refuse_file(file_, "byte " + std::to_string(opcode_at_), what);
  }

  std::string_view take(std::size_t count) {
    if (count > bytes_.size() - at_)
      fail("wants " + std::to_string(count) + " more bytes, the file has " + std::to_string(bytes_.size() - at_));
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }
  std::uint32_t take_integer(std::size_t count) {  // little-endian
    std::uint32_t value = 0;
    const std::string_view raw = take(count);
    for (std::size_t i = count; i-- > 0;)
      value = value << 8 | static_cast<unsigned char>(raw[i]);
    return value;
  }
  std::int32_t take_signed() { return static_cast<std::int32_t>(take_integer(4)); }

  void push(PickleValue value) { stack_.push_back(value); }
  PickleValue pop() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) fail("the stack is empty");
    const PickleValue top = stack_.back();
    stack_.pop_back();
    return top;
  }
  /// Removes the last mark and returns the values above it.
  std::vector<PickleValue> pop_marked() {
    if (marks_.empty()) fail("there is no mark on the stack");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleValue> values(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return values;
  }
  std::vector<PickleValue> pop_some(std::size_t count) {
    std::vector<PickleValue> values(count);
    while (count-- > 0)
      values[count] = pop();
    return values;
  }
  void push_object(Kind kind, std::string_view name, std::vector<PickleValue> items) {
    push(&heap_.emplace_back(PickleObject{kind, name, std::move(items)}));
  }
  /// The object on top of the stack; the stack is unchanged.
  PickleObject& top(Kind kind, const char* wanted) {
    const PickleValue value = pop();
    push(value);
    const PickleObject* object = object_of(value, kind);
    if (object == nullptr) fail(std::string("works on something else than ") + wanted);
    return const_cast<PickleObject&>(*object);  // heap_ owns it
  }

  bool run_literal(unsigned char opcode) {
    switch (opcode) {
      case NONE:
        push(std::monostate{});
        return true;
      case NEWTRUE:
        push(true);
        return true;
      case NEWFALSE:
        push(false);
        return true;
      case BININT:
        push(std::int64_t{take_signed()});
        return true;
      case BININT1:
        push(std::int64_t{take_integer(1)});
        return true;
      case BININT2:
        push(std::int64_t{take_integer(2)});
        return true;
      case SHORT_BINSTRING:
        push(take(take_integer(1)));
        return true;
      case BINSTRING:
        push_long_string();
        return true;
      default:
        return false;
    }
  }
  void push_long_string() {
    const std::int32_t length = take_signed();
    if (length < 0) fail("a string claims the negative length " + std::to_string(length));
    push(take(static_cast<std::size_t>(length)));
  }

  bool run_memo(unsigned char opcode) {
    switch (opcode) {
      case BINPUT:
        remember(take_integer(1));
        return true;
      case LONG_BINPUT:
        remember(take_integer(4));
        return true;
      case BINGET:
        recall(take_integer(1));
        return true;
      case LONG_BINGET:
        recall(take_integer(4));
        return true;
      default:
        return false;
    }
  }
  void remember(std::uint32_t key) {
    const PickleValue value = pop();
    push(value);
    memo_[key] = value;
  }
  void recall(std::uint32_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) fail("the memo has no entry " + std::to_string(key));
    push(found->second);
  }

  bool run_container(unsigned char opcode) {
    switch (opcode) {
      case MARK:
        marks_.push_back(stack_.size());
        return true;
      case EMPTY_TUPLE:
        push_object(Kind::tuple, "", {});
        return true;
      case TUPLE1:
        push_object(Kind::tuple, "", pop_some(1));
        return true;
      case TUPLE2:
        push_object(Kind::tuple, "", pop_some(2));
        return true;
      case TUPLE3:
        push_object(Kind::tuple, "", pop_some(3));
        return true;
      case TUPLE:
        push_object(Kind::tuple, "", pop_marked());
        return true;
      case EMPTY_LIST:
        push_object(Kind::list, "", {});
        return true;
      case EMPTY_DICT:
        push_object(Kind::dictionary, "", {});
        return true;
      case APPEND:
        extend(Kind::list, "a list", pop_some(1));
        return true;
      case APPENDS:
        extend(Kind::list, "a list", pop_marked());
        return true;
      case SETITEM:
        extend(Kind::dictionary, "a dictionary", pop_some(2));
        return true;
      case SETITEMS:
        extend(Kind::dictionary, "a dictionary", pop_marked());
        return true;
      default:
        return false;
    }
  }
  void extend(Kind kind, const char* wanted, const std::vector<PickleValue>& values) {
    if (kind == Kind::dictionary && values.size() % 2 != 0) fail("a key has no value");
    std::vector<PickleValue>& items = top(kind, wanted).items;
    items.insert(items.end(), values.begin(), values.end());
  }

  bool run_object(unsigned char opcode) {
    switch (opcode) {
      case GLOBAL:
        push_global();
        return true;
      case NEWOBJ:
        make_instance();
        return true;
      case REDUCE:
        call();
        return true;
      case BUILD:
        give_state();
        return true;
      default:
        return false;
    }
  }
  std::string_view take_line() {
    const std::size_t end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) fail("a name has no end");
    const std::string_view line = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return line;
  }
  void push_global() {
    const std::string_view module = take_line(), name = take_line();
    for (const std::string_view known : globals)
      if (module.size() + 1 + name.size() == known.size() && known.starts_with(module) && known.ends_with(name) &&
          known[module.size()] == ' ')
        return push_object(Kind::global, known, {});
    std::string all;
    for (const std::string_view known : globals)
      all += (all.empty() ? "'" : ", '") + std::string(known) + "'";
    std::string both = std::string(module.substr(0, 100)) + " " + std::string(name.substr(0, 100));
    fail("global " + in_quotes(both, 200) + " is not among the objects of this format: " + all);
  }

  /// csr_matrix.__new__()
  void make_instance() {
    const PickleValue arguments = pop(), callee = pop();
    const PickleObject *tuple = object_of(arguments, Kind::tuple), *global = object_of(callee, Kind::global);
    if (global == nullptr || global->name != csr_matrix || tuple == nullptr || !tuple->items.empty())
      fail("only csr_matrix, and without arguments, can be made here");
    push_object(Kind::csr_matrix, "", {});
  }

  /// _reconstruct(ndarray, (0,), 'b'), dtype('i4', 0, 1) or defaultdict(list)
  void call() {
    const PickleValue arguments = pop(), callee = pop();
    const PickleObject *tuple = object_of(arguments, Kind::tuple), *global = object_of(callee, Kind::global);
    if (tuple == nullptr || global == nullptr) fail("a call wants one of the named objects and a tuple");
    const auto& given = tuple->items;
    const auto given_global = [&](std::size_t count, std::string_view name) {
      const PickleObject* first = given.size() == count ? object_of(given[0], Kind::global) : nullptr;
      return first != nullptr && first->name == name;
    };
    if (global->name == reconstruct && given_global(3, ndarray)) return push_object(Kind::array, "", {});
    if (global->name == defaultdict && given_global(1, list)) return push_object(Kind::dictionary, "", {});
    if (global->name == dtype && given.size() == 3 && std::holds_alternative<std::string_view>(given[0]))
      return push_object(Kind::dtype, std::get<std::string_view>(given[0]), {});
    fail("'" + std::string(global->name) + "' can't be called with these arguments");
  }

  void give_state() {
    const PickleValue state = pop(), target = pop();
    push(target);
    const PickleObject *tuple = object_of(state, Kind::tuple), *dictionary = object_of(state, Kind::dictionary);
    if (object_of(target, Kind::array) != nullptr && tuple != nullptr && tuple->items.size() == 5)
      top(Kind::array, "an array").items = tuple->items;
    else if (object_of(target, Kind::csr_matrix) != nullptr && dictionary != nullptr)
      top(Kind::csr_matrix, "a csr_matrix").items = {state};
    else if (object_of(target, Kind::dtype) == nullptr || tuple == nullptr || tuple->items.size() < 2)
      fail("a state is given that doesn't fit its object");
    else if (tuple->items[1] != PickleValue(std::string_view("<")))
      fail("a dtype is not little-endian");
  }

  const std::filesystem::path& file_;
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t opcode_at_ = 0;
  std::deque<PickleObject>& heap_;
  std::vector<PickleValue> stack_;
  std::vector<std::size_t> marks_;  // stack sizes
  std::unordered_map<std::uint32_t, PickleValue> memo_;
};

}  // namespace

const PickleObject* object_of(const PickleValue& value, PickleObject::Kind kind) {
  const auto* object = std::get_if<const PickleObject*>(&value);
  return object != nullptr && (*object)->kind == kind ? *object : nullptr;
}

Pickle::Pickle(const std::filesystem::path& file) : file_(file), bytes_(read_file(file)) {
  root_ = Machine(file_, bytes_, heap_).run();
}

}  // namespace mercer
