package visiontest

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"

	"github.com/soundtrack-go/sdk/vision"
)

// Flat is a picture of one colour.
func Flat(w, h int, c color.RGBA) *vision.Picture {
	return draw(w, h, func(x, y int) color.RGBA { return c })
}

// Gradient is a picture whose red grows to the right and whose green grows downwards; blue is constant.
func Gradient(w, h int) *vision.Picture {
	return draw(w, h, func(x, y int) color.RGBA {
		return color.RGBA{R: uint8(255 * x / max(w-1, 1)), G: uint8(255 * y / max(h-1, 1)), B: 96, A: 255}
	})
}

// Noise is a picture of random samples; equal seeds give equal pictures.
func Noise(w, h int, seed uint64) *vision.Picture {
	r := rand.New(rand.NewPCG(seed, 0))
	return draw(w, h, func(x, y int) color.RGBA {
		v := r.Uint32()
		return color.RGBA{R: uint8(v), G: uint8(v >> 8), B: uint8(v >> 16), A: 255}
	})
}

// Pictures returns five different pictures of different shapes.
func Pictures() []*vision.Picture {
	return []*vision.Picture{
		Gradient(320, 240),
		Noise(100, 131, 1),
		Flat(64, 64, color.RGBA{R: 200, G: 40, B: 30, A: 255}),
		Gradient(31, 90),
		Noise(256, 256, 2),
	}
}

func draw(w, h int, at func(x, y int) color.RGBA) *vision.Picture {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, at(x, y))
		}
	}
	p, err := vision.FromImage(m)
	if err != nil {
		panic(fmt.Sprintf("visiontest: a picture of %d × %d: %v", w, h, err))
	}
	return p
}
