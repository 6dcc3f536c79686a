"""A process of its own: one GGUF file into another, quantised.

python -m ft.quantiser SOURCE.gguf OUT.gguf QUANT
"""

from __future__ import annotations

import ctypes
import os
import sys

from ft import lock


def main(source: str, out: str, quant: str) -> None:
    lock.die_with_command()
    import llama_cpp

    llama_cpp.llama_backend_init()
    options = llama_cpp.llama_model_quantize_default_params()
    options.ftype = getattr(llama_cpp, f"LLAMA_FTYPE_MOSTLY_{quant}")
    options.nthread = os.cpu_count() or 1
    # Experts that are published in MXFP4 stay as they are; without any, the pattern meets nothing.
    overrides = (llama_cpp.llama_cpp.llama_model_tensor_override * 2)()
    if "--keep-mxfp4" in sys.argv:
        overrides[0].pattern, overrides[0].type = b"_exps\\.weight", llama_cpp.GGML_TYPE_MXFP4
        options.tt_overrides = ctypes.cast(overrides, type(options.tt_overrides))
    code = llama_cpp.llama_model_quantize(source.encode(), out.encode(), ctypes.byref(options))
    if code:
        sys.exit(f"RuntimeError: llama.cpp's quantiser ended with {code}")


if __name__ == "__main__":
    main(*sys.argv[1:4])
