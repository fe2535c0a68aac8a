"""Makes testdata/resize.txt: what Pillow's filters make of drawings that any language can draw.

Each line holds the filter, the width and height of a drawing, the side of the result, the crop rule, and the SHA-256 of
the result's RGB bytes, row by row. The rules are vision's: "stretch" resizes both sides to the side; "shortest" resizes
the shortest side, truncates the other and cuts out the centre, rounded down. Run it with Pillow 13, which resizes
vertically first where the height loses more than twice as many pixels as the width; older ones never do:

    python make_resize.py
"""

import hashlib
import pathlib

from PIL import Image

OUT = pathlib.Path(__file__).parent / "resize.txt"
SIZES = (
    (1, 1), (1, 50), (2, 3), (7, 300), (31, 17), (64, 64), (100, 75), (223, 225), (224, 224), (225, 223), (257, 129),
    (299, 224), (333, 251), (250, 600), (240, 257), (640, 480), (480, 640), (1001, 37), (300, 2000), (1632, 1224),
)
FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}


def drawing(width, height):
    """Hard edges and every slope: channel c is (13x + 7y + 5xy + 85c) mod 256, or black or white in a chequerboard."""

    def sample(x, y, c):
        if (x // 3 + y // 5) % 3 == 0:
            return 255 * ((x + y + c) % 2)
        return (13 * x + 7 * y + 5 * x * y + 85 * c) % 256

    samples = bytes(sample(x, y, c) for y in range(height) for x in range(width) for c in range(3))
    return Image.frombytes("RGB", (width, height), samples)


def crop(image, side, rule, filter):
    if rule == "stretch":
        return image.resize((side, side), filter)
    width, height = image.size
    short = min(width, height)
    width, height = side * width // short, side * height // short
    left, top = (width - side) // 2, (height - side) // 2
    return image.resize((width, height), filter).crop((left, top, left + side, top + side))


def main():
    with OUT.open("w") as out:
        for width, height in SIZES:
            image = drawing(width, height)
            for name, filter in FILTERS.items():
                for side, rule in ((224, "stretch"), (224, "shortest"), (50, "stretch"), (7, "shortest")):
                    digest = hashlib.sha256(crop(image, side, rule, filter).tobytes()).hexdigest()
                    out.write(f"{name} {width} {height} {side} {rule} {digest}\n")


if __name__ == "__main__":
    main()
