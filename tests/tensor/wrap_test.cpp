#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/tensor/tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// Six values on the heap, with a count of deletions.
struct Foreign {
  int deleted = 0;
  Real* data = new Real[6]{1, 2, 3, 4, 5, 6};

  std::shared_ptr<void> owner() {
    return {data, [this](void* values) {
              ++deleted;
              delete[] static_cast<Real*>(values);
            }};
  }
};

}  // namespace

TEST_CASE("a tensor over memory of the caller reads and writes it in place") {
  std::vector<Real> values{1, 2, 3, 4, 5, 6};
  Tensor x = Tensor::wrap(values.data(), 2, 3);
  CHECK(x.data() == values.data());
  CHECK(x.rows() == 2);
  CHECK(x.columns() == 3);
  CHECK(x(1, 2) == 6);
  x(0, 1) = 9;
  CHECK(values[1] == 9);
  values[0] = 7;
  CHECK(x(0, 0) == 7);
  x.set_zero();
  CHECK(values == std::vector<Real>(6, 0));
}

TEST_CASE("an owner is held as long as the tensor or its move target, and released once") {
  Foreign foreign;
  {
    Tensor first = Tensor::wrap(foreign.data, 3, 2, Device::cpu, foreign.owner());
    Tensor moved = std::move(first);
    CHECK(moved.data() == foreign.data);
    Tensor assigned(4, 4);
    assigned = std::move(moved);
    CHECK(assigned.data() == foreign.data);
    CHECK(assigned(2, 1) == 6);
    CHECK(foreign.deleted == 0);
  }
  CHECK(foreign.deleted == 1);
}

TEST_CASE("a copy owns its values") {
  Foreign foreign;
  Tensor copy;
  {
    const Tensor x = Tensor::wrap(foreign.data, 2, 3, Device::cpu, foreign.owner());
    copy = x;
    const Tensor there = x.to(Device::cpu);
    CHECK(copy.data() != x.data());
    CHECK(there.data() != x.data());
    CHECK(max_abs_difference(copy, x) == 0);
  }
  CHECK(foreign.deleted == 1);
  CHECK(copy(1, 0) == 4);
}

TEST_CASE("released values outlive the tensor, the caller's as well as its own") {
  Foreign foreign;
  {
    Tensor x = Tensor::wrap(foreign.data, 2, 3, Device::cpu, foreign.owner());
    std::shared_ptr<Real> values = x.release();
    CHECK(values.get() == foreign.data);
    CHECK(x.empty());
    CHECK(x.rows() == 0);
    x = Tensor();
    const std::shared_ptr<Real> again = values;
    values.reset();
    CHECK(foreign.deleted == 0);
    CHECK(again.get()[5] == 6);
  }
  CHECK(foreign.deleted == 1);

  std::shared_ptr<Real> own;
  const Real* data = nullptr;
  {
    Tensor x = Tensor::from({{1, 2}, {3, 4}});
    data = x.data();
    own = x.release();
    CHECK(x.data() == nullptr);
  }
  CHECK(own.get() == data);
  CHECK(own.get()[3] == 4);
  const Tensor back = Tensor::wrap(own.get(), 2, 2, Device::cpu, own);  // wrapped again
  own.reset();
  CHECK(back(1, 1) == 4);
  CHECK(Tensor().release() == nullptr);
}

TEST_CASE("memory without an owner is never freed") {
  std::array<Real, 4> values{1, 2, 3, 4};
  const std::shared_ptr<Real> same = Tensor::wrap(values.data(), 2, 2).release();
  CHECK(same.get() == values.data());
  CHECK(Tensor::wrap(nullptr, 0, 5).empty());
}

TEST_CASE("memory that can't be wrapped is refused by name") {
  alignas(16) std::array<Real, 8> values{};
  CHECK(message_of<ValueError>([] { Tensor::wrap(nullptr, 2, 2); }) ==
        "[Tensor::wrap] got a null pointer, want the address of the values");
  CHECK_THROWS_AS(Tensor::wrap(values.data(), -1, 2), ShapeError);
  auto* odd = reinterpret_cast<Real*>(reinterpret_cast<char*>(values.data()) + 1);
  CHECK(message_of<ValueError>([&] { Tensor::wrap(odd, 1, 1); }).find("want a multiple of") != std::string::npos);
  CHECK(message_of<ValueError>([&] { Tensor::wrap(values.data() + 1, 1, 1, Device::cuda); }) ==
        "[Tensor::wrap] the address of the values: want a multiple of 16");
}
