import os


def blas():
    """The libraries that multiply in this process, from what it has mapped."""
    names = set()
    if os.path.exists("/proc/self/maps"):
        with open("/proc/self/maps") as maps:
            for line in maps:
                name = os.path.basename(line.split()[-1])
                for known in ("openblas", "mkl_core", "dnnl", "libblas", "blis"):
                    if known in name:
                        names.add(name.split(".so")[0])
    return "+".join(sorted(names))
