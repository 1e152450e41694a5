// An addon that brings an OpenBLAS of its own, as another package would: multiply(n, a, b) gives the product of two
// square matrices.
#include <node_api.h>

void cblas_sgemm(int order, int transposeA, int transposeB, int m, int n, int k, float alpha, const float* a, int lda,
                 const float* b, int ldb, float beta, float* c, int ldc);

static napi_value multiply(napi_env env, napi_callback_info info) {
  size_t count = 4;
  napi_value values[4];
  int32_t n;
  float* matrices[3];
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  napi_get_value_int32(env, values[0], &n);
  for (int i = 0; i < 3; ++i) {
    napi_get_typedarray_info(env, values[i + 1], NULL, NULL, (void**)&matrices[i], NULL, NULL);
  }
  cblas_sgemm(101, 111, 111, n, n, n, 1.0f, matrices[0], n, matrices[1], n, 0.0f, matrices[2], n);
  return values[3];
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "multiply", NAPI_AUTO_LENGTH, multiply, NULL, &function);
  napi_set_named_property(env, exports, "multiply", function);
  return exports;
}
