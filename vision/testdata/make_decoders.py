"""Makes testdata/decoders: small JPEG and WebP files, each with the RGB that Pillow decodes it to, as a PNG. And testdata/scaled:
what libjpeg makes of some of the JPEGs at a half, a quarter and an eighth of their size.

The pixels are what libjpeg-turbo and libwebp give; vision must give the same. Run it with Pillow 13 (libjpeg-turbo 3.2, libwebp 1.6):

    python make_decoders.py
"""

import io
import pathlib

from PIL import Image

OUT = pathlib.Path(__file__).parent / "decoders"
SCALED = pathlib.Path(__file__).parent / "scaled"


def drawing(width, height, mode="RGB"):
    """Edges, colours and gradients, from integers alone."""
    image = Image.new("RGB", (width, height))
    image.putdata(
        [
            (
                (x * 23 + y * 5) % 256,
                255 if (x // 5 + y // 3) % 2 else (y * 11) % 256,
                (x * y * 3 + 40) % 256 if x > width // 2 else 200,
            )
            for y in range(height)
            for x in range(width)
        ]
    )
    return image.convert(mode)


def keep(name, image, **options):
    """Encodes image and keeps the file with what it decodes to, transparency on white."""
    buffer = io.BytesIO()
    image.save(buffer, **options)
    (OUT / name).write_bytes(buffer.getvalue())
    decoded = Image.open(buffer)
    if decoded.mode == "RGBA":
        white = Image.new("RGBA", decoded.size, (255, 255, 255, 255))
        decoded = Image.alpha_composite(white, decoded)
    decoded.convert("RGB").save(OUT / (name + ".png"), optimize=True)


def keep_scaled(name):
    """Keeps what libjpeg decodes a file to at each of its smaller sizes."""
    for denominator in (2, 4, 8):
        image = Image.open(OUT / name)
        width, height = image.size
        image.draft(image.mode, (width // denominator, height // denominator))
        assert image.size == (-(-width // denominator), -(-height // denominator)), image.size
        image.convert("RGB").save(SCALED / f"{name}.{denominator}.png", optimize=True)


def main():
    OUT.mkdir(exist_ok=True)
    SCALED.mkdir(exist_ok=True)
    for width, height in ((33, 21), (16, 16), (4, 3), (1, 1)):
        for code, subsampling in (("444", 0), ("422", 1), ("420", 2)):
            keep(f"{code}-{width}x{height}.jpg", drawing(width, height), format="JPEG", quality=85, subsampling=subsampling)
    keep("420-progressive-33x21.jpg", drawing(33, 21), format="JPEG", quality=85, subsampling=2, progressive=True)
    keep("420-restart-33x21.jpg", drawing(33, 21), format="JPEG", quality=85, subsampling=2, restart_marker_blocks=1)
    keep("444-restart-33x21.jpg", drawing(33, 21), format="JPEG", quality=85, subsampling=0, restart_marker_rows=1, progressive=True)
    keep("grey-progressive-33x21.jpg", drawing(33, 21, "L"), format="JPEG", quality=85, progressive=True)
    keep("420-sharp-33x21.jpg", drawing(33, 21), format="JPEG", quality=100, subsampling=2, optimize=True)
    keep("420-coarse-33x21.jpg", drawing(33, 21), format="JPEG", quality=5, subsampling=2)
    keep("grey-33x21.jpg", drawing(33, 21, "L"), format="JPEG", quality=85)
    keep("cmyk-33x21.jpg", drawing(33, 21, "CMYK"), format="JPEG", quality=85)
    for width, height in ((33, 21), (16, 16), (2, 2), (1, 1)):
        keep(f"lossy-{width}x{height}.webp", drawing(width, height), format="WEBP", quality=60)
    alpha = drawing(33, 21, "RGBA")
    alpha.putalpha(drawing(33, 21, "L"))
    keep("lossy-alpha-33x21.webp", alpha, format="WEBP", quality=60)
    keep("lossless-alpha-33x21.webp", alpha, format="WEBP", lossless=True)
    frames = [drawing(33, 21), drawing(33, 21).rotate(180)]
    keep("animated-33x21.webp", frames[0], format="WEBP", quality=60, save_all=True, append_images=frames[1:], duration=100)
    keep("animated-alpha-33x21.webp", alpha, format="WEBP", lossless=True, save_all=True, append_images=[alpha.rotate(180)], duration=100)
    for name in ("444", "422", "420", "420-progressive", "420-restart", "420-sharp", "grey", "cmyk"):
        keep_scaled(f"{name}-33x21.jpg")


if __name__ == "__main__":
    main()
