#include "step.h"

#include <cmath>
#include <memory>
#include <sstream>

#include "blas/gemm.h"
#include "core/floating_point.h"
#include "core/thread_pool.h"
#include "measure.h"

namespace deepblas {
namespace floor {

namespace {

using blas::Product;

enum class Split { None, Rows, Columns, Members };

const char* nameOf(Split split) {
  switch (split) {
    case Split::None: return "none";
    case Split::Rows: return "rows";
    case Split::Columns: return "columns";
    case Split::Members: return "members";
  }
  return "";
}

// A part of the result: a product of its own.
Product part(const Product& whole, Split split, int64_t begin, int64_t end) {
  Product p = whole;
  if (split == Split::Rows) {
    p.rows = end - begin;
    p.a += whole.transposeA ? begin : begin * whole.aStride;
    p.c += begin * whole.cStride;
  } else {
    p.columns = end - begin;
    p.b += whole.transposeB ? begin * whole.bStride : begin;
    p.c += begin;
  }
  return p;
}

// One product of every member, and how it is best done.
struct Batched {
  std::string name;
  std::vector<Product> products;
  int threads = 1;
  Split split = Split::None;
  double seconds = 0;

  void run() const {
    if (threads == 1) {
      for (const Product& product : products) blas::multiply(product);
      return;
    }
    ThreadPool::instance().run(threads, [this](int64_t index) { runPart(index); });
  }

  void runPart(int64_t index) const {
    if (split == Split::Members) {
      const int64_t count = static_cast<int64_t>(products.size());
      for (int64_t m = count * index / threads; m < count * (index + 1) / threads; ++m) blas::multiply(products[m]);
      return;
    }
    const Product& whole = products[0];
    const int64_t extent = split == Split::Rows ? whole.rows : whole.columns;
    // Whole register tiles for all but the last thread.
    const int64_t piece = ((extent + threads - 1) / threads + 15) / 16 * 16;
    const int64_t begin = std::min(extent, piece * index), end = std::min(extent, begin + piece);
    if (begin < end) blas::multiply(part(whole, split, begin, end));
  }

  void choose(int most) {
    double best = fastest(0.05, [&] { run(); });
    int bestThreads = 1;
    Split bestSplit = Split::None;
    std::vector<Split> splits = {Split::Rows, Split::Columns};
    if (products.size() > 1) splits = {Split::Members};
    for (int count = 2; count <= most; count = count == most ? most + 1 : std::min(2 * count, most)) {
      for (Split way : splits) {
        threads = count;
        split = way;
        const double taken = fastest(0.05, [&] { run(); });
        if (taken < best) best = taken, bestThreads = count, bestSplit = way;
      }
    }
    threads = bestThreads;
    split = bestSplit;
    seconds = best;
  }
};

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__)
#define DEEPBLAS_FOR_EACH_ISA __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define DEEPBLAS_FOR_EACH_ISA
#endif

struct Pass {
  float* parameter;
  const float* gradient;
  float* first;
  float* second;
  int64_t count;
};

// The learning rate is zero, told at run time, so that a net without activations cannot run away in millions of steps.
DEEPBLAS_FOR_EACH_ISA void adam(const Pass& pass, float learningRate) {
  float* __restrict p = pass.parameter;
  const float* __restrict g = pass.gradient;
  float* __restrict m = pass.first;
  float* __restrict v = pass.second;
  for (int64_t i = 0; i < pass.count; ++i) {
    m[i] = 0.9f * m[i] + 0.1f * g[i];
    v[i] = 0.999f * v[i] + 0.001f * (g[i] * g[i]);
    p[i] -= learningRate * m[i] / (std::sqrt(v[i]) + 1e-8f);
  }
}

DEEPBLAS_FOR_EACH_ISA void sgd(const Pass& pass, float learningRate) {
  float* __restrict p = pass.parameter;
  const float* __restrict g = pass.gradient;
  for (int64_t i = 0; i < pass.count; ++i) p[i] -= learningRate * g[i];
}

class OptimizerPass {
 public:
  OptimizerPass(const Pass& pass, bool adam) : pass_(pass), adam_(adam) {}

  void run() {
    if (threads_ == 1) return runRange(0, pass_.count);
    ThreadPool::instance().run(threads_, [this](int64_t index) {
      const int64_t piece = (pass_.count / threads_ + 15) / 16 * 16;
      const int64_t begin = std::min(pass_.count, piece * index);
      runRange(begin, index == threads_ - 1 ? pass_.count : std::min(pass_.count, begin + piece));
    });
  }

  void choose(int most) {
    seconds = fastest(0.05, [&] { run(); });
    int best = 1;
    for (int count = 2; count <= most; count = count == most ? most + 1 : std::min(2 * count, most)) {
      threads_ = count;
      const double taken = fastest(0.05, [&] { run(); });
      if (taken < seconds) seconds = taken, best = count;
    }
    threads_ = best;
  }

  int threads() const { return threads_; }
  double seconds = 0;

 private:
  void runRange(int64_t begin, int64_t end) const {
    const Pass range = {pass_.parameter + begin, pass_.gradient + begin, pass_.first + begin, pass_.second + begin,
                        end - begin};
    adam_ ? adam(range, rate_) : sgd(range, rate_);
  }

  Pass pass_;
  bool adam_;
  int threads_ = 1;
  volatile float rate_ = 0;
};

// One layer's products for all members, with the weight stored as (outputs, inputs) or as (inputs, outputs).
struct Layer {
  std::vector<Batched> products;
  double seconds() const {
    double sum = 0;
    for (const Batched& product : products) sum += product.seconds;
    return sum;
  }
};

}  // namespace

struct Step::Parts {
  explicit Parts(const StepOptions& options);
  FlushDenormals guard;
  std::vector<std::unique_ptr<Floats>> memory;
  std::vector<Batched> forward, backward;
  std::unique_ptr<OptimizerPass> optimizer;
  double multiplyAdds = 0;
};

Step::Parts::Parts(const StepOptions& options) {
  ThreadPool& pool = ThreadPool::instance();
  pool.setThreads(options.threads);
  const int64_t members = options.members, batch = options.batch;
  const size_t layers = options.sizes.size() - 1;

  int64_t parameters = 0;
  for (size_t l = 0; l < layers; ++l) parameters += options.sizes[l + 1] * (options.sizes[l] + 1);
  const auto allocate = [&](int64_t count, uint64_t seed, double scale) {
    memory.push_back(std::make_unique<Floats>(count, seed, scale));
    return memory.back()->data();
  };
  float* weights = allocate(members * parameters, 1, 0.05);
  float* gradients = allocate(members * parameters, 2, 0.01);
  float* first = allocate(members * parameters, 3, 0);
  float* second = allocate(members * parameters, 4, 0);
  // Of each layer boundary: what flows forward and what flows back.
  std::vector<float*> values, valueGradients;
  for (int64_t size : options.sizes) {
    values.push_back(allocate(members * batch * size, 5, 1));
    valueGradients.push_back(allocate(members * batch * size, 6, 0.01));
  }

  int64_t offset = 0;
  for (size_t l = 0; l < layers; ++l) {
    const int64_t inputs = options.sizes[l], outputs = options.sizes[l + 1];
    multiplyAdds += static_cast<double>(members) * batch * inputs * outputs * (l == 0 ? 2 : 3);
    Layer best;
    for (bool outputsFirst : {true, false}) {
      Layer layer;
      layer.products.resize(l == 0 ? 2 : 3);
      layer.products[0].name = "forward " + std::to_string(l);
      layer.products[1].name = "weight gradient " + std::to_string(l);
      if (l > 0) layer.products[2].name = "input gradient " + std::to_string(l);
      const int64_t stride = outputsFirst ? inputs : outputs;
      for (int64_t m = 0; m < members; ++m) {
        const float* x = values[l] + m * batch * inputs;
        float* z = values[l + 1] + m * batch * outputs;
        float* dx = valueGradients[l] + m * batch * inputs;
        const float* dz = valueGradients[l + 1] + m * batch * outputs;
        const float* w = weights + m * parameters + offset;
        float* dw = gradients + m * parameters + offset;
        layer.products[0].products.push_back(
            {batch, outputs, inputs, x, inputs, false, w, stride, outputsFirst, z, outputs});
        if (outputsFirst) {
          layer.products[1].products.push_back(
              {outputs, inputs, batch, dz, outputs, true, x, inputs, false, dw, inputs});
        } else {
          layer.products[1].products.push_back(
              {inputs, outputs, batch, x, inputs, true, dz, outputs, false, dw, outputs});
        }
        if (l > 0) {
          layer.products[2].products.push_back(
              {batch, inputs, outputs, dz, outputs, false, w, stride, !outputsFirst, dx, inputs});
        }
      }
      for (Batched& product : layer.products) product.choose(options.threads);
      if (best.products.empty() || layer.seconds() < best.seconds()) best = layer;
    }
    offset += outputs * (inputs + 1);
    forward.push_back(best.products[0]);
    if (l > 0) backward.push_back(best.products[2]);
    backward.push_back(best.products[1]);
  }
  std::reverse(backward.begin(), backward.end());
  optimizer = std::make_unique<OptimizerPass>(Pass{weights, gradients, first, second, members * parameters}, options.adam);
  optimizer->choose(options.threads);
}

Step::Step(const StepOptions& options) : parts_(std::make_unique<Parts>(options)) {}
Step::~Step() = default;

double Step::measure(double seconds) const {
  const ThreadPool::JobScope job(ThreadPool::instance());
  return secondsPerCall(seconds, [&] {
    for (const Batched& product : parts_->forward) product.run();
    for (const Batched& product : parts_->backward) product.run();
    parts_->optimizer->run();
  });
}

std::string Step::description() const {
  std::ostringstream json;
  json << "{\"flop\":" << 2 * parts_->multiplyAdds << ",\"parts\":[";
  for (const auto* list : {&parts_->forward, &parts_->backward})
    for (const Batched& product : *list)
      json << "{\"name\":\"" << product.name << "\",\"threads\":" << product.threads << ",\"split\":\""
           << nameOf(product.split) << "\",\"microseconds\":" << product.seconds * 1e6 << "},";
  json << "{\"name\":\"optimizer\",\"threads\":" << parts_->optimizer->threads()
       << ",\"split\":\"range\",\"microseconds\":" << parts_->optimizer->seconds * 1e6 << "}]}";
  return json.str();
}

}  // namespace floor
}  // namespace deepblas
