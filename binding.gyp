{
  # For tools that insist on node-gyp: the addon itself is built by CMake, see scripts/build-native.mjs.
  "targets": [
    {
      "target_name": "deepblas_build",
      "type": "none",
      "actions": [
        {
          "action_name": "build_native",
          "message": "Building deepblas.node with CMake",
          "inputs": ["CMakeLists.txt"],
          # A name that is never made: CMake, not node-gyp, knows what is out of date.
          "outputs": ["<(PRODUCT_DIR)/deepblas.always"],
          "action": ["node", "scripts/build-native.mjs"]
        }
      ]
    }
  ]
}
