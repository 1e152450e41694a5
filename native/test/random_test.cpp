#include "core/random.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel_sets.h"
#include "reference.h"
#include "test.h"

namespace deepblas {
namespace test {

TEST("philox gives the known answers of Random123") {
  const struct {
    uint32_t counter[4], key[2], expected[4];
  } kRows[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (const auto& row : kRows) {
    const RandomKey key = {row.key[0] | uint64_t{row.key[1]} << 32, row.counter[2], row.counter[3]};
    const RandomBlock block = philox(key, row.counter[0] | uint64_t{row.counter[1]} << 32);
    for (int i = 0; i < 4; ++i) CHECK_EQUAL(block.word[i], row.expected[i]);
  }
}

TEST("a number depends on its position alone, not on how many are asked for") {
  std::vector<float> few(7), many(1000);
  fillNormal(few.data(), 7, {5, 6, 7}, 0, 1);
  fillNormal(many.data(), 1000, {5, 6, 7}, 0, 1);
  CHECK(std::equal(few.begin(), few.end(), many.begin()));
  fillUniform(few.data(), 7, {5, 6, 7}, -1, 1);
  fillUniform(many.data(), 1000, {5, 6, 7}, -1, 1);
  CHECK(std::equal(few.begin(), few.end(), many.begin()));
}

TEST("seed, stream and substream each change every number") {
  std::vector<float> base(100), other(100);
  fillUniform(base.data(), 100, {1, 2, 3}, 0, 1);
  for (const RandomKey& key : {RandomKey{2, 2, 3}, RandomKey{1, 3, 3}, RandomKey{1, 2, 4}, RandomKey{uint64_t{1} << 32 | 1, 2, 3}}) {
    fillUniform(other.data(), 100, key, 0, 1);
    int equal = 0;
    for (int i = 0; i < 100; ++i) equal += base[i] == other[i];
    CHECK(equal <= 1);
  }
}

TEST("a shuffle is a permutation, every place equally likely") {
  for (int64_t count : {0, 1, 2, 3, 4, 5, 100, 1009}) {
    CONTEXT(count, " elements");
    std::vector<int32_t> order = reference::shuffle(count, {9, 2, 1}), sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (int64_t i = 0; i < count; ++i) CHECK_EQUAL(sorted[i], static_cast<int32_t>(i));
  }
  constexpr int kTrials = 30000, kCount = 5;
  int at[kCount][kCount] = {};
  for (int trial = 0; trial < kTrials; ++trial) {
    const std::vector<int32_t> order = reference::shuffle(kCount, {77, 2, static_cast<uint32_t>(trial)});
    for (int place = 0; place < kCount; ++place) ++at[place][order[place]];
  }
  const double expected = static_cast<double>(kTrials) / kCount, deviation = std::sqrt(expected * (1 - 1.0 / kCount));
  for (const auto& row : at)
    for (int hits : row) CHECK_CLOSE(hits, expected, 4.5 * deviation);
}

TEST("the shuffle of every instruction set is that of the reference, and writes no further") {
  for (const KernelSet* set : testedSets()) {
    for (int64_t count : {0, 1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 1009, 3200}) {
      for (const RandomKey& key : {RandomKey{9, 2, 1}, RandomKey{~uint64_t{0}, ~uint32_t{0}, 0}, RandomKey{uint64_t{7} << 32, 0, 12345}}) {
        CONTEXT(set->name, ", ", count, " elements, seed ", key.seed);
        const std::vector<int32_t> wanted = reference::shuffle(count, key);
        std::vector<int32_t> order(static_cast<size_t>(count) + 1, -5);
        set->shuffle(order.data(), count, key);
        CHECK(std::equal(wanted.begin(), wanted.end(), order.begin()));
        CHECK_EQUAL(order.back(), -5);
      }
    }
  }
}

TEST("normalQuantile gives known values and undoes the distribution function") {
  CHECK_EQUAL(normalQuantile(0.5), 0.0);
  CHECK_CLOSE(normalQuantile(0.975), 1.959963984540054, 1e-14);
  CHECK_CLOSE(normalQuantile(0.1), -1.2815515655446004, 1e-14);
  CHECK_CLOSE(normalQuantile(0.999), 3.090232306167813, 1e-13);
  CHECK_CLOSE(normalQuantile(1e-10), -6.361340902404056, 1e-12);
  // Down to the smallest probability that 32 random bits give.
  for (double p = 0x1p-33; p < 0.5; p *= 1.07) {
    CONTEXT("p = ", p);
    CHECK_CLOSE(0.5 * std::erfc(-normalQuantile(p) / std::sqrt(2.0)), p, 2e-13 * p);
    CHECK_CLOSE(normalQuantile(1 - p), -normalQuantile(1 - (1 - p)), 1e-12);
  }
}

TEST("fillNormal has the moments of the normal distribution and fillUniform those of the uniform") {
  constexpr int64_t kCount = 200000;
  std::vector<float> values(kCount);
  const auto moment = [&](double mean, int power) {
    double sum = 0;
    for (float value : values) sum += std::pow(value - mean, power);
    return sum / kCount;
  };
  const double root = std::sqrt(static_cast<double>(kCount));
  fillNormal(values.data(), kCount, {3, 1, 0}, 2, 3);
  CHECK_CLOSE(moment(0, 1), 2, 4 * 3 / root);
  CHECK_CLOSE(moment(2, 2), 9, 4 * 9 * std::sqrt(2.0) / root);
  CHECK_CLOSE(moment(2, 3), 0, 4 * 27 * std::sqrt(15.0) / root);
  CHECK_CLOSE(moment(2, 4), 3 * 81, 4 * 81 * std::sqrt(96.0) / root);
  fillUniform(values.data(), kCount, {3, 1, 0}, -1, 3);
  CHECK_CLOSE(moment(0, 1), 1, 4 * std::sqrt(16.0 / 12) / root);
  CHECK_CLOSE(moment(1, 2), 16.0 / 12, 4 * 1.2 / root);
  CHECK(*std::min_element(values.begin(), values.end()) >= -1 && *std::max_element(values.begin(), values.end()) <= 3);
}

}  // namespace test
}  // namespace deepblas
