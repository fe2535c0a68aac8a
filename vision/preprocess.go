package vision

import (
	"errors"
	"fmt"
	"image"
	"math"
	"sync"

	"github.com/soundtrack-go/sdk/vision/internal/pixels"
	"github.com/soundtrack-go/sdk/vision/internal/resize"
)

// Preprocessor turns pictures into network inputs, with the same pixels and the same floats as the reference: Hugging
// Face's PIL processor for CLIP. They agree bit for bit, whatever format the picture came in.
//
// It computes Pillow 13's antialiased filters for the cropped area only, reading source rows as they are needed. It is safe
// for concurrent use; buffers are pooled, so that in steady state a call does not allocate.
type Preprocessor struct {
	recipe Preprocess
	table  *[3][256]float32
	pool   sync.Pool // of *preprocessing
}

// preprocessing is the scratch memory of one call.
type preprocessing struct {
	reader  pixels.Reader
	resizer resize.Resizer
}

// NewPreprocessor checks the recipe and computes its table of floats.
func NewPreprocessor(recipe Preprocess) (*Preprocessor, error) {
	if err := recipe.validate(); err != nil {
		return nil, fmt.Errorf("vision: preprocess: %w", err)
	}
	p := &Preprocessor{recipe: recipe, table: normTable(recipe)}
	p.pool.New = func() any { return new(preprocessing) }
	return p, nil
}

// normTable computes (x·Rescale − Mean) / Std for the 256 samples of each channel in the reference's order: the product
// in float64, rounded to float32; then difference and quotient in float32.
func normTable(recipe Preprocess) *[3][256]float32 {
	rescale := recipe.Rescale
	if rescale == 0 {
		rescale = 1.0 / 255
	}
	table := new([3][256]float32)
	for c := range table {
		mean, std := float32(recipe.Mean[c]), float32(recipe.Std[c])
		for x := range table[c] {
			v := float32(float64(x) * rescale)
			table[c][x] = float32(v-mean) / std
		}
	}
	return table
}

// Recipe returns the recipe that the Preprocessor follows.
func (p *Preprocessor) Recipe() Preprocess { return p.recipe }

// Len is the number of floats that [Preprocessor.Preprocess] writes: 3·Size·Size.
func (p *Preprocessor) Len() int { return 3 * p.recipe.Size * p.recipe.Size }

// Preprocess writes the network input of pic into dst: [3, Size, Size], channels first, rows from the top, float32.
// dst must have exactly [Preprocessor.Len] elements; anything else is an error, and so is a nil picture.
func (p *Preprocessor) Preprocess(dst []float32, pic *Picture) error {
	if len(dst) != p.Len() {
		return fmt.Errorf("vision: preprocess: dst has %d elements, want %d", len(dst), p.Len())
	}
	size := p.recipe.Size
	plane := size * size
	red, green, blue := dst[:plane], dst[plane:2*plane], dst[2*plane:]
	table := p.table
	return p.run(pic, func(y int, row []byte) {
		r, g, b := red[y*size:(y+1)*size], green[y*size:(y+1)*size], blue[y*size:(y+1)*size]
		for x := range r {
			px := row[3*x : 3*x+3]
			r[x], g[x], b[x] = table[0][px[0]], table[1][px[1]], table[2][px[2]]
		}
	})
}

// Crop returns what the network is shown before the float step: Size × Size pixels, opaque. The image belongs to the
// caller.
func (p *Preprocessor) Crop(pic *Picture) (*image.RGBA, error) {
	out := image.NewRGBA(image.Rect(0, 0, p.recipe.Size, p.recipe.Size))
	err := p.run(pic, func(y int, row []byte) { putRGBA(out, y, row) })
	if err != nil {
		return nil, err
	}
	return out, nil
}

// run resizes pic and yields the Size rows of the crop.
func (p *Preprocessor) run(pic *Picture, yield func(y int, row []byte)) error {
	if pic == nil {
		return errors.New("vision: preprocess: picture is nil")
	}
	s := p.pool.Get().(*preprocessing)
	defer func() {
		s.reader.Reset(nil, 0, 0) // keep the memory, not the picture
		p.pool.Put(s)
	}()
	p.recipe.place(&s.resizer, pic.Width(), pic.Height())
	s.run(pic, yield)
	return nil
}

// run resizes pic along axes that have been set.
func (s *preprocessing) run(pic *Picture, yield func(y int, row []byte)) {
	x0, x1 := s.resizer.H.Range()
	s.reader.Reset(pic.view, x0, x1)
	s.resizer.Run(&s.reader, yield)
}

// place sets the axes for a picture of w × h pixels according to the crop rule.
func (recipe Preprocess) place(r *resize.Resizer, w, h int) {
	size := recipe.Size
	filter := resize.Bicubic
	if recipe.Filter == FilterBilinear {
		filter = resize.Bilinear
	}
	switch recipe.Crop {
	case CropStretch:
		r.H.Reset(filter, w, 0, float64(w), size, 0, size)
		r.V.Reset(filter, h, 0, float64(h), size, 0, size)
	case CropCentreSquare:
		fraction := recipe.Fraction
		if fraction == 0 {
			fraction = 1
		}
		// Python's round is half to even, and so are the reference's squares.
		side := max(int(math.RoundToEven(fraction*float64(min(w, h)))), 1)
		left, top := float64((w-side)/2), float64((h-side)/2)
		r.H.Reset(filter, w, left, left+float64(side), size, 0, size)
		r.V.Reset(filter, h, top, top+float64(side), size, 0, size)
	default: // CropShortest and CropShortestTorchvision
		nw, nh := size, size
		if w <= h {
			nh = scaled(size, h, w)
		} else {
			nw = scaled(size, w, h)
		}
		left, top := recipe.offset(nw), recipe.offset(nh)
		r.H.Reset(filter, w, 0, float64(w), nw, left, left+size)
		r.V.Reset(filter, h, 0, float64(h), nh, top, top+size)
	}
}

// offset is where the crop of a side of n ≥ Size pixels begins. Hugging Face rounds down, and torchvision half to even:
// one pixel apart where half the spare pixels are an odd number and a half.
func (recipe Preprocess) offset(n int) int {
	spare := n - recipe.Size
	if recipe.Crop == CropShortestTorchvision {
		return int(math.RoundToEven(float64(spare) / 2))
	}
	return spare / 2
}

// scaled is int(size·long/short) without overflow.
func scaled(size, long, short int) int {
	return int(int64(size) * int64(long) / int64(short))
}

// putRGBA writes a row of RGB into an opaque image.
func putRGBA(out *image.RGBA, y int, row []byte) {
	p := out.Pix[y*out.Stride:]
	for i := 0; i+3 <= len(row); i += 3 {
		p[0], p[1], p[2], p[3] = row[i], row[i+1], row[i+2], 255
		p = p[4:]
	}
}
