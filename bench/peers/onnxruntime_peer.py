#!/usr/bin/env python3
"""The peer of vision/onnx and vision/ort: the same model files in Python's ONNX Runtime.

    python bench/peers/onnxruntime_peer.py time [MODEL…] [--batch 1,8] [--threads 1] [--rounds 9]
    python bench/peers/onnxruntime_peer.py quantise [MODEL]

Without MODEL both take the ViT-B/32 with random weights that `go test -bench CLIP ./vision/optimize` makes in the user's
cache. `time` takes turns, one run of each model a round, and prints minima in the format of Go benchmarks: of processor
time with one thread, as BenchmarkCLIPRounds does, and of time on the wall with more. `quantise` writes MODEL.int8.onnx
beside it: dynamic quantisation, signed 8-bit weights of matrix products, one scale a tensor.

Needs pkg:pypi/onnxruntime and numpy; `quantise` also pkg:pypi/onnx.
"""

import argparse
import os
import pathlib
import sys
import time

import numpy as np
import onnxruntime as ort


def cached():
    """The random ViT-B/32 in the user's cache, newest last."""
    if sys.platform == "darwin":
        root = pathlib.Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        root = pathlib.Path(os.environ["LocalAppData"])
    else:
        root = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    found = sorted((root / "soundtrack" / "random").glob("vision-b32-*.onnx"), key=lambda p: p.stat().st_mtime)
    found = [p for p in found if not p.name.endswith(".int8.onnx")]
    if not found:
        sys.exit("no model given and none in the cache: run `go test -bench CLIP ./vision/optimize` first")
    return str(found[-1])


def graph_of(path):
    return "int8" if path.endswith(".int8.onnx") else "plain"


def fixed_input(batch, size=224):
    """The input of known answers: element i is ((i·2654435761 mod 2³²) / 2³¹) − 1."""
    i = np.arange(batch * 3 * size * size, dtype=np.uint64)
    data = (i * 2654435761 % (1 << 32)).astype(np.float64) / 2**31 - 1
    return data.astype(np.float32).reshape(batch, 3, size, size)


def time_models(args):
    models = args.model or [cached()]
    if not args.model:
        small = models[0].removesuffix(".onnx") + ".int8.onnx"
        models += [small] if os.path.exists(small) else []
    options = ort.SessionOptions()
    options.intra_op_num_threads = args.threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    sessions = [ort.InferenceSession(m, options, providers=["CPUExecutionProvider"]) for m in models]
    clock = time.process_time if args.threads == 1 else time.perf_counter
    print(f"# ONNX Runtime {ort.__version__}, Python {sys.version.split()[0]}, minima of {args.rounds} rounds")
    for batch in map(int, args.batch.split(",")):
        data = fixed_input(batch)
        best = [float("inf")] * len(sessions)
        for turn in range(args.rounds + 1):  # the first warms up
            for k, session in enumerate(sessions):
                start = clock()
                session.run(None, {session.get_inputs()[0].name: data})
                if turn:
                    best[k] = min(best[k], clock() - start)
        for path, seconds in zip(models, best):
            name = f"model=vit-b32/batch={batch}/threads={args.threads}/graph={graph_of(path)}/impl=python-ort"
            print(f"BenchmarkCLIP/{name}\t{args.rounds}\t{seconds * 1e9:.0f} ns/op\t{seconds * 1e3 / batch:.1f} ms/picture")


def quantise(args):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    source = (args.model or [cached()])[0]
    target = source.removesuffix(".onnx") + ".int8.onnx"
    quantize_dynamic(source, target, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"])
    print(target, os.path.getsize(target), "bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["time", "quantise"])
    parser.add_argument("model", nargs="*")
    parser.add_argument("--batch", default="1,8")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    {"time": time_models, "quantise": quantise}[args.command](args)


if __name__ == "__main__":
    main()
