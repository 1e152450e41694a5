// Where the planner puts tensors: those alive at the same time share no byte, but for those that a call writes in place, and
// bytes are shared where lives allow.
#include "program/planner.h"

#include <algorithm>

#include "core/arena.h"
#include "core/random.h"
#include "network.h"
#include "recorder.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

struct Place {
  int64_t tensor, begin, end, first, last;
  std::vector<int64_t> calls;  // that name it, numbered in the order of the regions
};

std::vector<int64_t> callsOf(const Region& region) {
  std::vector<int64_t> calls = region.calls;
  calls.insert(calls.end(), region.followers.begin(), region.followers.end());
  return calls;
}

// The bytes of placed tensors, and the first and last region that names each: within one, calls may be at any place.
std::vector<Place> placesOf(const Program& program, const Plan& plan, int64_t rows) {
  std::vector<Place> places;
  for (int64_t t = 0; t < static_cast<int64_t>(program.tensors().size()); ++t) {
    const TensorSpec& spec = program.tensors()[t];
    if (plan.offsets[t] < 0) continue;
    const int64_t elements = spec.rows < 0 ? rows * spec.stride : spec.elements;
    Place place = {t, plan.offsets[t], plan.offsets[t] + elements * bytesOf(spec.type), -1, -1, {}};
    int64_t number = 0;
    for (int64_t r = 0; r < static_cast<int64_t>(plan.regions.size()); ++r)
      for (int64_t c : callsOf(plan.regions[r])) {
        for (const ArgumentSpec& argument : program.calls()[c].arguments)
          if (argument.form == ArgumentForm::Tensor && argument.index == t) {
            if (place.first < 0) place.first = r;
            place.last = r;
            place.calls.push_back(number);
          }
        ++number;
      }
    places.push_back(place);
  }
  return places;
}

bool overlap(int64_t beginA, int64_t endA, int64_t beginB, int64_t endB) { return beginA < endB && beginB < endA; }

// Whether the call with this number of a region of rows is an activation's way back, the first to name one tensor, which it
// writes, and the last to name the other, of the same shape and type, which it reads.
bool writesInPlace(const Program& program, const Plan& plan, const Place& read, const Place& written) {
  const TensorSpec &from = program.tensors()[read.tensor], &to = program.tensors()[written.tensor];
  if (read.calls.empty() || written.calls.empty() || read.calls.back() != written.calls.front()) return false;
  if (from.rows >= 0 || to.rows >= 0 || from.columns != to.columns || from.type != to.type) return false;
  int64_t number = written.calls.front();
  for (const Region& region : plan.regions) {
    const std::vector<int64_t> calls = callsOf(region);
    if (number >= static_cast<int64_t>(calls.size())) {
      number -= static_cast<int64_t>(calls.size());
      continue;
    }
    const CallSpec& call = program.calls()[calls[static_cast<size_t>(number)]];
    return region.kind == Region::Kind::Rows && call.kernel == KernelId::ActivationBackward &&
           call.arguments[at::activationBackward::inputGradient].index == written.tensor;
  }
  return false;
}

// Whether one of two tensors with the same place got it from the other, by way of tensors between them or not.
bool inherits(const Program& program, const Plan& plan, const std::vector<Place>& places, const Place& from, const Place& to) {
  if (from.begin != to.begin) return false;
  if (writesInPlace(program, plan, from, to)) return true;
  return std::any_of(places.begin(), places.end(), [&](const Place& between) {
    return between.tensor != from.tensor && between.tensor != to.tensor && between.begin == from.begin &&
           writesInPlace(program, plan, from, between) && inherits(program, plan, places, between, to);
  });
}

// The largest sum of bytes (in whole cache lines) that are alive in one region: no plan can do with less. What is written in
// place of what was read is counted once.
int64_t leastBytes(const Program& program, const Plan& plan, const std::vector<Place>& places) {
  int64_t most = 0;
  for (int64_t r = 0; r < static_cast<int64_t>(plan.regions.size()); ++r) {
    int64_t alive = 0;
    for (const Place& place : places) {
      const bool counted = std::any_of(places.begin(), places.end(), [&](const Place& before) {
        return before.tensor != place.tensor && before.last == r && place.first == r &&
               writesInPlace(program, plan, before, place) && before.begin == place.begin;
      });
      if (place.first <= r && r <= place.last && !counted) alive += static_cast<int64_t>(alignUp(place.end - place.begin));
    }
    most = std::max(most, alive);
  }
  return most;
}

void checkPlan(const Program& program, int64_t rows, bool keepAll) {
  CONTEXT("rows ", rows, keepAll ? ", keep all" : "");
  const Plan plan = makePlan(program, rows, keepAll);
  CHECK_EQUAL(plan.rows, rows);
  CHECK_EQUAL(plan.offsets.size(), program.tensors().size());
  // Every call is in one region.
  std::vector<int> seen(program.calls().size(), 0);
  for (const Region& region : plan.regions)
    for (int64_t c : callsOf(region)) ++seen[static_cast<size_t>(c)];
  CHECK(std::count(seen.begin(), seen.end(), 1) == static_cast<int64_t>(seen.size()));
  const std::vector<Place> places = placesOf(program, plan, rows);
  int64_t end = 0;
  for (const Place& place : places) {
    CHECK(program.tensors()[place.tensor].storage == Storage::Workspace);
    CHECK_EQUAL(place.begin % static_cast<int64_t>(Arena::kAlignment), 0);
    CHECK(place.end <= plan.bytes);
    end = std::max(end, static_cast<int64_t>(alignUp(place.end)));
    for (const Place& other : places) {
      if (other.tensor == place.tensor) continue;
      const bool together = keepAll || (place.first <= other.last && other.first <= place.last);
      if (together && overlap(place.begin, place.end, other.begin, other.end) &&
          (keepAll || !(inherits(program, plan, places, place, other) || inherits(program, plan, places, other, place))))
        fail(__FILE__, __LINE__, text("tensors ", place.tensor, " and ", other.tensor, " overlap"));
    }
  }
  CHECK_EQUAL(plan.bytes, end);
  // Every workspace tensor that a call names has a place; with keepAll every one at all.
  for (size_t t = 0; t < program.tensors().size(); ++t) {
    bool used = keepAll;
    for (const CallSpec& call : program.calls())
      for (const ArgumentSpec& argument : call.arguments)
        used = used || (argument.form == ArgumentForm::Tensor && argument.index == static_cast<int64_t>(t));
    const bool here = program.tensors()[t].storage == Storage::Workspace;
    CHECK_EQUAL(plan.offsets[t] >= 0, here && used);
  }
  int64_t all = 0;
  for (const Place& place : places) all += static_cast<int64_t>(alignUp(place.end - place.begin));
  if (keepAll) CHECK_EQUAL(plan.bytes, all);
  CHECK(plan.bytes >= leastBytes(program, plan, places));
  CHECK(plan.bytes <= all);
}

// A call in one piece, and so a region of its own, that names two tensors, whatever they are: the planner looks at nothing
// else.
void touch(Recorder& record, int64_t output, int64_t x) {
  record.call(KernelId::WeightSum, {tensor(output), tensor(x)}, "touch");
}

class Draw {
 public:
  explicit Draw(uint64_t seed) : seed_(seed) {}
  int64_t below(int64_t bound) { return philox({seed_, 77}, block_++).word[0] % static_cast<uint32_t>(bound); }

 private:
  uint64_t seed_, block_ = 0;
};

}  // namespace

TEST("in a chain two buffers are enough, whatever its length") {
  for (int64_t length : {2, 3, 10, 100}) {
    Recorder record;
    std::vector<int64_t> tensors = {record.batchRows(16)};
    for (int64_t i = 0; i < length; ++i) {
      tensors.push_back(record.batchRows(16));
      touch(record, tensors[i + 1], tensors[i]);
    }
    const auto program = record.program(Program::Calls::Unchecked);
    const Plan plan = makePlan(*program, 4, false);
    CHECK_EQUAL(plan.bytes, 2 * 4 * 16 * 4);
    CHECK_EQUAL(makePlan(*program, 4, true).bytes, (length + 1) * 4 * 16 * 4);
    checkPlan(*program, 4, false);
  }
}

TEST("a tensor that is needed again keeps its bytes until then") {
  Recorder record;
  const int64_t kept = record.batchRows(16), a = record.batchRows(16), b = record.batchRows(16), c = record.batchRows(16),
                d = record.batchRows(16);
  touch(record, a, kept);
  touch(record, b, a);
  touch(record, c, b);
  touch(record, d, kept);
  const Plan plan = makePlan(*record.program(Program::Calls::Unchecked), 4, false);
  for (int64_t other : {a, b, c, d}) CHECK(plan.offsets[kept] != plan.offsets[other]);
  CHECK_EQUAL(plan.offsets[a], plan.offsets[c]);
  CHECK_EQUAL(plan.bytes, 3 * 4 * 16 * 4);
}

TEST("output and input of one call never share bytes") {
  Recorder record;
  const int64_t x = record.batchRows(16), output = record.batchRows(16);
  touch(record, output, x);
  const Plan plan = makePlan(*record.program(Program::Calls::Unchecked), 4, false);
  CHECK(plan.offsets[x] != plan.offsets[output]);
}

// Rows through a chain of activations' ways back.
int64_t wayBack(Recorder& record, int64_t gradient, int64_t output, int64_t to) {
  record.call(KernelId::ActivationBackward, {tensor(to), tensor(gradient), tensor(output), absent(), constant(3)}, "back");
  return to;
}

TEST("a call that may work in place writes over what it is the last to read") {
  Recorder record;
  const int64_t output = record.batchRows(40), first = record.batchRows(40), second = record.batchRows(40),
                third = record.batchRows(40);
  wayBack(record, wayBack(record, first, output, second), output, third);
  const auto program = record.program(Program::Calls::Unchecked);
  const Plan plan = makePlan(*program, 8, false);
  CHECK(plan.regions.size() == 1 && plan.regions[0].kind == Region::Kind::Rows);
  CHECK_EQUAL(plan.offsets[second], plan.offsets[first]);
  CHECK_EQUAL(plan.offsets[third], plan.offsets[first]);
  CHECK(plan.offsets[output] != plan.offsets[first]);
  CHECK_EQUAL(plan.bytes, 2 * 8 * 48 * 4);
  checkPlan(*program, 8, false);
  // To be read after the step, all stay.
  const Plan kept = makePlan(*program, 8, true);
  CHECK(kept.offsets[second] != kept.offsets[first] && kept.offsets[third] != kept.offsets[second]);
}

TEST("what is read again, was written before, or has another shape or type, is not written over") {
  const auto inPlace = [](auto further) {
    Recorder record;
    const int64_t output = record.batchRows(40), from = record.batchRows(40);
    const int64_t to = further(record, from, output);
    const auto program = record.program(Program::Calls::Unchecked);
    checkPlan(*program, 8, false);
    const Plan plan = makePlan(*program, 8, false);
    return plan.offsets[to] == plan.offsets[from];
  };
  CHECK(inPlace([](Recorder& record, int64_t from, int64_t output) {
    return wayBack(record, from, output, record.batchRows(40));
  }));
  CHECK(!inPlace([](Recorder& record, int64_t from, int64_t output) {
    const int64_t to = wayBack(record, from, output, record.batchRows(40));
    touch(record, record.batchRows(40), from);
    return to;
  }));
  // Within the same region of rows.
  CHECK(!inPlace([](Recorder& record, int64_t from, int64_t output) {
    const int64_t to = wayBack(record, from, output, record.batchRows(40));
    wayBack(record, from, output, record.batchRows(40));
    return to;
  }));
  CHECK(!inPlace([](Recorder& record, int64_t from, int64_t output) {
    const int64_t to = record.batchRows(40);
    touch(record, to, output);
    return wayBack(record, from, output, to);
  }));
  CHECK(!inPlace([](Recorder& record, int64_t from, int64_t output) {
    return wayBack(record, from, output, record.batchRows(39));
  }));
  CHECK(!inPlace([](Recorder& record, int64_t from, int64_t output) {
    return wayBack(record, from, output, record.batchRows(40, Type::Float64));
  }));
}

TEST("what lives elsewhere, or is never named, takes no bytes") {
  Recorder record;
  const int64_t data = record.data(0, 8, Type::Float32), order = record.order(), weight = record.parameter(4, 4, 0),
                sum = record.accumulator(), unused = record.batchRows(1000), used = record.batchRows(8);
  touch(record, used, data);
  const auto program = record.program(Program::Calls::Unchecked);
  const Plan plan = makePlan(*program, 2, false);
  for (int64_t elsewhere : {data, order, weight, sum, unused}) CHECK_EQUAL(plan.offsets[elsewhere], -1);
  CHECK_EQUAL(plan.bytes, 64);
  // To be read after the step it has a place even if no call names it.
  CHECK(makePlan(*program, 2, true).offsets[unused] >= 0);
}

TEST("a program without workspace needs none") {
  const Recorder record;
  CHECK_EQUAL(makePlan(*record.program(Program::Calls::Unchecked), 5, false).bytes, 0);
  CHECK_EQUAL(makePlan(*record.program(Program::Calls::Unchecked), 5, true).bytes, 0);
}

TEST("the plans of whole networks hold, and sharing never makes them larger") {
  NetworkSpec plain = {13, {{17, Activation::Relu}, {9, Activation::Gelu}, {4, Activation::Linear}}};
  NetworkSpec wide = {500, {{2010, Activation::Relu}, {640, Activation::Tanh}, {10, Activation::Linear}}};
  for (NetworkSpec spec : {plain, wide}) {
    for (bool shuffle : {false, true}) {
      spec.shuffle = spec.weighted = shuffle;
      spec.l2 = shuffle ? 1e-3 : 0;
      const Network network(spec, 1, 1);
      for (int64_t rows : {1, 2, 7, 32, 209, 512}) {
        for (const auto& program : {network.trainingProgram(), network.evaluationProgram()}) {
          for (bool keepAll : {false, true}) checkPlan(*program, rows, keepAll);
          CHECK(makePlan(*program, rows, false).bytes <= makePlan(*program, rows, true).bytes);
        }
      }
    }
  }
}

TEST("the plans of 400 random programs hold") {
  for (uint64_t seed = 0; seed < 400; ++seed) {
    CONTEXT("seed ", seed);
    Draw draw(seed);
    Recorder record;
    std::vector<int64_t> named;
    const int64_t count = 2 + draw.below(30), calls = draw.below(40);
    for (int64_t t = 0; t < count; ++t) {
      const Type type = draw.below(4) == 0 ? Type::Float64 : Type::Float32;
      switch (draw.below(8)) {
        case 0: named.push_back(record.panels(1 + draw.below(40), 1 + draw.below(40), 16)); break;
        case 1: named.push_back(record.scalar()); break;
        case 2: named.push_back(record.data(draw.below(3), 1 + draw.below(20), Type::Float32)); break;
        case 3: named.push_back(record.parameter(1 + draw.below(9), 1 + draw.below(9), 0)); break;
        default: named.push_back(record.batchRows(1 + draw.below(100), type));
      }
    }
    for (int64_t c = 0; c < calls; ++c) {
      const auto any = [&] { return named[static_cast<size_t>(draw.below(count))]; };
      if (draw.below(3) == 0) {
        record.call(KernelId::ActivationBackward,
                    {tensor(any()), tensor(any()), draw.below(2) == 0 ? absent() : tensor(any()),
                     draw.below(2) == 0 ? absent() : tensor(any()), constant(1)},
                    "touch");
      } else {
        touch(record, any(), any());
      }
    }
    const auto program = record.program(Program::Calls::Unchecked);
    for (bool keepAll : {false, true}) checkPlan(*program, 1 + draw.below(70), keepAll);
  }
}

// The region of a step in which tiles of a weight's gradient are made, in a program with these further calls.
template <typename Record>
Region gradientRegion(Record further) {
  Recorder record;
  // Something before the weight and something after it, so that places differ.
  record.parameter(16, 1, 0);
  const int64_t x = record.data(0, 24, Type::Float32), from = record.batchRows(8),
                weight = record.parameter(8, 24, 8), after = record.parameter(8, 24, 8),
                gradient = record.like(weight, Storage::Gradient);
  record.call(KernelId::DenseBackwardWeight, {tensor(gradient), absent(), tensor(x), tensor(from), absent()}, "layer");
  further(record, weight, gradient, after);
  const auto program = record.program(Program::Calls::Unchecked);
  checkPlan(*program, 32, false);
  return makePlan(*program, 32, false).regions[0];
}

void sgd(Recorder& record, int64_t parameter, int64_t gradient, Argument velocity) {
  record.call(KernelId::Sgd,
              {tensor(parameter), tensor(gradient), velocity, constant(0.1), constant(0.9), constant(0), constant(0),
               absent(), absent(), absent()},
              "sgd");
}

// Outputs and inputs of an element-wise rule. What the rule says is nothing to the planner: the first output becomes the
// first input.
void map(Recorder& record, const std::vector<int64_t>& outputs, const std::vector<int64_t>& inputs) {
  std::vector<Argument> arguments(at::mapElements::waits + 1, absent());
  for (size_t i = 0; i < outputs.size(); ++i) arguments[at::mapElements::output0 + i] = tensor(outputs[i]);
  for (size_t i = 0; i < inputs.size(); ++i) arguments[at::mapElements::input0 + i] = tensor(inputs[i]);
  arguments[at::mapElements::expression] = expression(0);
  record.expressions = {2, static_cast<double>(Operation::Input), 0, 0, 0, 0, static_cast<double>(Operation::Store), 0, 0, 0, 0};
  record.call(KernelId::MapElements, arguments, "map");
}

TEST("an update follows the tiles of its gradient only if all of its tensors stand at the gradient's place") {
  const auto followers = [](auto further) {
    const Region region = gradientRegion(further);
    CHECK(region.kind == Region::Kind::Tiles);
    CHECK_EQUAL(region.calls.size(), 1u);
    return region.followers;
  };
  const std::vector<int64_t> none, one = {1};
  CHECK(followers([](Recorder& record, int64_t weight, int64_t gradient, int64_t) {
          sgd(record, weight, gradient, tensor(record.like(weight, Storage::State)));
        }) == one);
  // A parameter, or a state, of another place.
  CHECK(followers([](Recorder& record, int64_t, int64_t gradient, int64_t after) {
          sgd(record, after, gradient, absent());
        }) == none);
  CHECK(followers([](Recorder& record, int64_t weight, int64_t gradient, int64_t after) {
          sgd(record, weight, gradient, tensor(record.like(after, Storage::State)));
        }) == none);
  // One element of the gradient, for all elements of the parameter: every one of them needs the tile that makes it.
  CHECK(followers([](Recorder& record, int64_t weight, int64_t gradient, int64_t) {
          TensorSpec first = {Storage::Gradient, Type::Float32, 1, 1, 1, 0, 1, 16, 0};
          map(record, {weight}, {gradient, record.add(first)});
        }) == none);
  // Counted from the beginning of a workspace, not from the gradient's place.
  CHECK(followers([](Recorder& record, int64_t, int64_t gradient, int64_t) {
          map(record, {record.panels(8, 24, 8)}, {gradient});
        }) == none);
}

TEST("an update follows another through a workspace only at the same place") {
  for (bool samePlace : {true, false}) {
    CONTEXT(samePlace ? "same place" : "another place");
    const Region region = gradientRegion([&](Recorder& record, int64_t weight, int64_t gradient, int64_t after) {
      const int64_t shared = record.panels(8, 24, 8);
      map(record, {record.like(weight, Storage::State), shared}, {gradient});
      map(record, {samePlace ? weight : after}, {shared});
    });
    CHECK_EQUAL(region.followers.size(), samePlace ? 2u : 1u);
  }
}

// Whether two calls touch the same memory and one of them writes it.
bool conflict(const Program& program, const CallSpec& a, const CallSpec& b) {
  const auto range = [](const TensorSpec& spec, int64_t index) {
    const bool arena = spec.storage == Storage::Parameter || spec.storage == Storage::Gradient ||
                       spec.storage == Storage::State || spec.storage == Storage::Accumulator;
    return arena ? std::pair<int64_t, int64_t>{spec.offset, spec.offset + std::max<int64_t>(spec.elements, 1)}
                 : std::pair<int64_t, int64_t>{index * 1000000, index * 1000000 + 1};
  };
  const KernelInfo &infoA = program.info(a), &infoB = program.info(b);
  for (int i = 0; i < infoA.argumentCount; ++i) {
    for (int j = 0; j < infoB.argumentCount; ++j) {
      const ArgumentSpec &x = a.arguments[i], &y = b.arguments[j];
      if (x.form != ArgumentForm::Tensor || y.form != ArgumentForm::Tensor) continue;
      if (infoA.arguments[i].access == Access::Read && infoB.arguments[j].access == Access::Read) continue;
      const TensorSpec &s = program.tensors()[x.index], &t = program.tensors()[y.index];
      if (s.storage != t.storage || s.slot != t.slot) continue;
      const auto [beginS, endS] = range(s, x.index);
      const auto [beginT, endT] = range(t, y.index);
      if (beginS < endT && beginT < endS) return true;
    }
  }
  return false;
}

TEST("calls that touch the same memory keep their order, and updates come after the gate") {
  NetworkSpec small = {30, {{40, Activation::Relu}, {24, Activation::Gelu}, {5, Activation::Linear}}};
  NetworkSpec wide = {500, {{2010, Activation::Relu}, {640, Activation::Tanh}, {10, Activation::Linear}}};
  for (NetworkSpec spec : {small, wide}) {
    for (bool weighted : {false, true}) {
      for (bool adam : {false, true}) {
        spec.weighted = weighted;
        spec.adam = adam;
        spec.l2 = 1e-3;
        for (int64_t rows : {1, 33, 512, 10000}) {
          CONTEXT(rows, " rows");
          const Network network(spec, 1, 1);
          const auto program = network.trainingProgram();
          const Plan plan = makePlan(*program, rows, false);
          std::vector<int64_t> place(program->calls().size());
          bool fused = false;
          for (size_t r = 0; r < plan.regions.size(); ++r) {
            const std::vector<int64_t> calls = callsOf(plan.regions[r]);
            for (size_t i = 0; i < calls.size(); ++i) place[calls[i]] = static_cast<int64_t>(r * 1000 + i);
            fused = fused || !plan.regions[r].followers.empty();
            // Tiles of one region run in any order.
            if (plan.regions[r].kind != Region::Kind::Tiles) continue;
            for (int64_t a : plan.regions[r].calls)
              for (int64_t b : plan.regions[r].calls)
                if (a < b) CHECK(!conflict(*program, program->calls()[a], program->calls()[b]));
          }
          if (rows < 8192) CHECK(fused);
          for (size_t i = 0; i < place.size(); ++i) {
            for (size_t j = i + 1; j < place.size(); ++j) {
              const CallSpec &first = program->calls()[i], &second = program->calls()[j];
              const bool update = second.kernel == KernelId::Sgd || second.kernel == KernelId::Adam;
              if (conflict(*program, first, second) || (isGate(first) && update)) CHECK(place[i] < place[j]);
            }
          }
        }
      }
    }
  }
}

}  // namespace test
}  // namespace deepblas
