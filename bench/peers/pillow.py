"""Times Pillow beside the Go benchmarks, on the same pictures, and prints lines of the same form.

    go test ./vision -run TestWritePhotos -photos DIR     # writes photo-2.jpg and photo-12.jpg
    python bench/peers/pillow.py DIR [ROUNDS]

op=resize is the bicubic resize and crop of a decoded picture, as CLIP's processors call it; op=full is a file's bytes to
the float tensor, as transformers' PIL processor computes it with NumPy. Each line is the minimum of ROUNDS (7), and all
run on one thread. Needs Pillow and NumPy.
"""

import io
import pathlib
import sys
import time

import numpy as np
from PIL import Image

SIDE = 224
MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)


def resize_crop(image):
    width, height = image.size
    short = min(width, height)
    width, height = SIDE * width // short, SIDE * height // short
    left, top = (width - SIDE) // 2, (height - SIDE) // 2
    return image.resize((width, height), Image.Resampling.BICUBIC).crop((left, top, left + SIDE, top + SIDE))


def full(data):
    crop = np.asarray(resize_crop(Image.open(io.BytesIO(data)).convert("RGB")))
    scaled = (crop.astype(np.float64) * (1 / 255)).astype(np.float32)
    return np.ascontiguousarray(((scaled - MEAN) / STD).transpose(2, 0, 1))


def main():
    folder = pathlib.Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    operations = {}
    for megapixels in (2, 12):
        data = (folder / f"photo-{megapixels}.jpg").read_bytes()
        image = Image.open(io.BytesIO(data)).convert("RGB")
        operations["resize", megapixels] = lambda image=image: resize_crop(image)
        operations["full", megapixels] = lambda data=data: full(data)
    best = dict.fromkeys(operations, float("inf"))
    for _ in range(rounds):
        for key, operation in operations.items():
            start = time.perf_counter_ns()
            operation()
            best[key] = min(best[key], time.perf_counter_ns() - start)
    for (op, megapixels), nanoseconds in best.items():
        print(f"BenchmarkPeer/op={op}/mp={megapixels}/impl=pillow\t{rounds}\t{nanoseconds} ns/op")


if __name__ == "__main__":
    main()
