#include "mercer/base/option_list.hpp"

#include <doctest/doctest.h>

#include <tuple>

#include "mercer/base/check.hpp"

using namespace mercer;

namespace {

enum class Colour { red, blue };
constexpr Choice<Colour> colour_choices[]{{"red", Colour::red}, {"blue", Colour::blue}, {"azure", Colour::blue}};

struct Paint {
  Index coats = 2;
  float gloss = 0.6f;
  std::optional<Real> thinner{};
  bool dries = true;
  Colour colour = Colour::red;
  std::optional<Colour> primer{};
  std::optional<std::string> maker{};
  std::optional<bool> mat{};
  std::optional<std::variant<Index, Colour>> marks{};

  void declare(OptionList& list) {
    list.add_shorthand("shine", range::share, "gloss, where it is not given apart",
                       [this](double x) { gloss = static_cast<float>(x); });
    list.add("coats", coats, range::count, "coats of paint");
    list.add("gloss", gloss, range::share, "how much light comes back");
    list.add("thinner", thinner, range::above_zero, "litres");
    list.add("dries", dries, "whether it dries");
    list.add("colour", colour, colour_choices, "the colour");
    list.add("primer", primer, colour_choices, "the colour below");
    list.add("maker", maker, "who makes it");
    list.add("mat", mat, "no gloss");
    list.add("marks", marks, range::count, colour_choices, "how many, or of which colour");
  }
};

std::string refusal(const OptionValues& given) {
  Paint paint;
  OptionList list;
  paint.declare(list);
  try {
    list.assign(given, "mix", "paint");
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("options are set and read through their list; what is absent stays") {
  Paint paint;
  OptionList list;
  paint.declare(list);
  CHECK(list.values() == OptionValues{{"coats", 2}, {"gloss", 0.6}, {"dries", true}, {"colour", "red"}});
  list.assign({{"coats", "3"}, {"thinner", 1}, {"dries", "no"}, {"colour", "azure"}, {"primer", "blue"}}, "mix",
              "paint");
  CHECK(paint.coats == 3);
  CHECK(paint.thinner == Real(1));
  CHECK_FALSE(paint.dries);
  CHECK(paint.colour == Colour::blue);
  CHECK(list.values().at("colour") == OptionValue("blue"));  // of two names the first
  CHECK(list.find("colour")->meaning() == "the colour: red, blue, azure");
  CHECK(list.find("gloss")->meaning() == "how much light comes back (0 to 1)");
  CHECK(list.find("maker")->meaning() == "who makes it");
  CHECK(list.find("color") == nullptr);
  list.assign({{"maker", "Ripolin"}, {"mat", false}}, "mix", "paint");
  CHECK(paint.maker == "Ripolin");
  CHECK(paint.mat == false);
  CHECK(option_values(paint) == list.values());
}

TEST_CASE("an option may be a whole number or a name") {
  Paint paint;
  OptionList list;
  paint.declare(list);
  CHECK_FALSE(list.values().contains("marks"));
  for (const OptionValue& number : {OptionValue("12"), OptionValue(12)}) {
    list.assign({{"marks", number}}, "mix", "paint");
    CHECK(std::get<Index>(*paint.marks) == 12);
    CHECK(list.values().at("marks") == OptionValue(12));
  }
  list.assign({{"marks", "azure"}}, "mix", "paint");
  CHECK(std::get<Colour>(*paint.marks) == Colour::blue);
  CHECK(list.values().at("marks") == OptionValue("blue"));
  CHECK(list.find("marks")->meaning() == "how many, or of which colour (1 to 1048576, or red, or blue, or azure)");
  CHECK(refusal({{"marks", 0}}) == "[mix] marks: got 0, want 1 to 1048576, or red, or blue, or azure");
  CHECK(refusal({{"marks", "rad"}}) == "[mix] marks: got \"rad\", want a whole number, or red, or blue, or azure");
}

TEST_CASE("a shorthand sets others, which win when they are given too") {
  Paint paint;
  OptionList list;
  paint.declare(list);
  list.assign({{"shine", 0.25}}, "mix", "paint");
  CHECK(paint.gloss == 0.25f);
  list.assign({{"gloss", 0.5}, {"shine", 0.25}}, "mix", "paint");
  CHECK(paint.gloss == 0.5f);
  CHECK(list.values().count("shine") == 0);
}

TEST_CASE("two options of one name are one option of both fields") {
  Paint inside, outside;
  OptionList list;
  inside.declare(list);
  outside.declare(list);
  CHECK(list.options().size() == 10);
  list.assign({{"coats", 5}}, "mix", "paint");
  CHECK(inside.coats == 5);
  CHECK(outside.coats == 5);
}

TEST_CASE("what can't be is refused: name, kind, range") {
  CHECK(refusal({{"coat", 1}}).starts_with("[mix] paint has no option \"coat\": did you mean coats?"));
  CHECK(refusal({{"coats", 0}}) == "[mix] coats: got 0, want 1 to 1048576");
  CHECK(refusal({{"coats", 1.5}}) == "[mix] coats: got 1.5, want a whole number");
  CHECK(refusal({{"coats", "1x"}}) == "[mix] coats: got \"1x\", want a whole number");
  CHECK(refusal({{"gloss", 1.5f}}) == "[mix] gloss: got 1.5, want 0 to 1");
  CHECK(refusal({{"gloss", std::numeric_limits<double>::quiet_NaN()}}).starts_with("[mix] gloss: got "));
  CHECK(refusal({{"thinner", "0"}}) == "[mix] thinner: got 0, want a finite number above 0");
  CHECK(refusal({{"dries", 1}}) == "[mix] dries: got 1, want true or false");
  CHECK(refusal({{"colour", "rad"}}) == "[mix] colour: got \"rad\"; did you mean red? known: red, blue, azure");
  CHECK(refusal({{"maker", ""}}) == "[mix] maker: got \"\", want a name");
  CHECK(refusal({{"colour", true}}) == "[mix] colour: got true, want a name");
}

TEST_CASE("fields that were set without the list are checked by it") {
  Paint paint;
  CHECK_NOTHROW(options_of(paint).check("mix"));
  paint.coats = 0;
  CHECK_THROWS_WITH_AS(options_of(paint).check("mix"), "[mix] coats: got 0, want 1 to 1048576", ValueError);
}

TEST_CASE("options of one name and two meanings tell both") {
  bool first = false, second = false;
  OptionList list;
  list.add("dries", first, "of the inside");
  list.add("dries", second, "of the outside");
  CHECK(list.find("dries")->meaning() == "of the inside; of the outside");
}

TEST_CASE("a float is written as its shortest decimal number") {
  CHECK(OptionValue(0.6f) == OptionValue(0.6));
  CHECK(OptionValue(0.6f).text() == "0.6");
  CHECK(OptionValue(7).text() == "7");
  CHECK(OptionValue(true).text() == "true");
}

TEST_CASE("a switch sets other options where it is true, and later options override it") {
  struct Set {
    bool old = false, rough = false;
    Real grain = 1, cut = 1;
    void declare(OptionList& list) {
      list.add("old", old, "as it was");
      list.add_switch("old", "rough", [this] { rough = true; });
      list.add("rough", rough, "rough");
      list.add("grain", grain, range::above_zero, "of the paper");
      list.add_switch("worn", "cut 3", [this] { cut = 3; });
    }
  };
  const auto given = [](const OptionValues& values) {
    Set set;
    options_of(set).assign(values, "mix", "paper");
    return std::tuple(set.old, set.rough, set.cut);
  };
  CHECK(given({{"old", true}}) == std::tuple(true, true, Real(1)));
  CHECK(given({{"old", false}, {"worn", "yes"}}) == std::tuple(false, false, Real(3)));
  CHECK(given({{"old", true}, {"rough", false}}) == std::tuple(true, false, Real(1)));
  Set set;
  const OptionList list = options_of(set);
  CHECK(list.find("old")->help == "as it was; rough");
  CHECK(list.values() == OptionValues{{"old", false}, {"rough", false}, {"grain", Real(1)}});  // a switch has no value
}
