package jpegread

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func never() error { return nil }

// TestIDCTVariants holds the short transforms against the full one, and that against the definition in float64.
func TestIDCTVariants(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var quant [64]int32
	for i := range quant {
		quant[i] = 1 + int32(r.IntN(30))
	}
	for range 5000 {
		var block [64]int16
		last := r.IntN(64)
		for k := 0; k <= last; k++ {
			if r.IntN(3) == 0 {
				block[zigzag[k]] = int16(r.IntN(200)-100) / int16(1+k)
			}
		}
		var full, short [64]byte
		idct(full[:], 8, &block, &quant)
		if last <= sparseLast {
			idctSparse(short[:], 8, &block, &quant)
			require.Equal(t, full, short)
		}
		if last == 0 {
			fill(short[:], 8, 8, clamp((int32(block[0])*quant[0]+4)>>3+128))
			require.Equal(t, full, short)
		}
		for i, want := range definition(&block, &quant) {
			require.InDelta(t, want, full[i], 1.0)
		}
	}
}

// definition is T.81's inverse DCT (annex A.3.3), clamped.
func definition(block *[64]int16, quant *[64]int32) (out [64]float64) {
	c := func(i int) float64 {
		if i == 0 {
			return math.Sqrt2 / 2
		}
		return 1
	}
	for y := range 8 {
		for x := range 8 {
			sum := 0.0
			for v := range 8 {
				for u := range 8 {
					if f := float64(int32(block[8*v+u]) * quant[8*v+u]); f != 0 {
						sum += c(u) * c(v) * f * math.Cos(float64((2*x+1)*u)*math.Pi/16) * math.Cos(float64((2*y+1)*v)*math.Pi/16)
					}
				}
			}
			out[8*y+x] = min(max(sum/4+128, 0), 255)
		}
	}
	return out
}

// seeds are the files of testdata/decoders, made by libjpeg-turbo.
func seeds(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "decoders", "*.jpg"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	out := map[string][]byte{}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		require.NoError(t, err)
		out[filepath.Base(p)] = data
	}
	return out
}

// planes lists the visible samples of a picture.
func planes(m image.Image) []byte {
	var out []byte
	add := func(pix []byte, stride, w, h int) {
		for y := range h {
			out = append(out, pix[y*stride:][:w]...)
		}
	}
	switch m := m.(type) {
	case *image.Gray:
		add(m.Pix, m.Stride, m.Rect.Dx(), m.Rect.Dy())
	case *image.CMYK:
		add(m.Pix, m.Stride, 4*m.Rect.Dx(), m.Rect.Dy())
	case *image.YCbCr:
		w, h := m.Rect.Dx(), m.Rect.Dy()
		add(m.Y, m.YStride, w, h)
		cw, ch := m.COffset(w-1, 0)-m.COffset(0, 0)+1, (m.COffset(0, h-1)-m.COffset(0, 0))/m.CStride+1
		add(m.Cb, m.CStride, cw, ch)
		add(m.Cr, m.CStride, cw, ch)
	}
	return out
}

// TestAgainstStandardLibrary: same layout as image/jpeg, and samples within one level, which is the difference of two
// correct inverse DCTs. That the samples are libjpeg's to the bit is what the goldens of package vision show.
func TestAgainstStandardLibrary(t *testing.T) {
	t.Parallel()
	for name, data := range seeds(t) {
		got, err := Decode(data, 1, never)
		require.NoError(t, err, name)
		want, err := jpeg.Decode(bytes.NewReader(data))
		require.NoError(t, err)
		require.Equal(t, want.Bounds(), got.Bounds(), name)
		require.IsType(t, want, got, name)
		if w, ok := want.(*image.YCbCr); ok {
			require.Equal(t, w.SubsampleRatio, got.(*image.YCbCr).SubsampleRatio)
		}
		a, b := planes(want), planes(got)
		require.Len(t, b, len(a))
		for i := range a {
			require.InDelta(t, a[i], b[i], 1.0, "%s: sample %d", name, i)
		}
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	for name, data := range seeds(t) {
		for cut := range len(data) - 2 {
			_, err := Decode(data[:cut], 1, never)
			require.True(t, errors.Is(err, ErrFormat) || errors.Is(err, ErrOther), "%s cut at %d: %v", name, cut, err)
		}
	}
}

func TestCheckEndsDecoding(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	for name, data := range seeds(t) {
		calls := 0
		_, err := Decode(data, 1, func() error { calls++; return nil })
		require.NoError(t, err)
		require.Positive(t, calls)
		for at := 1; at <= calls; at++ {
			n := 0
			_, err := Decode(data, 1, func() error {
				if n++; n == at {
					return stop
				}
				return nil
			})
			require.ErrorIs(t, err, stop, name)
		}
	}
}

func TestHuffmanRefusesOverfullCodes(t *testing.T) {
	t.Parallel()
	counts := make([]byte, 16)
	counts[0] = 3 // three codes of one bit
	_, ok := newHuffman(counts, []byte{1, 2, 3}, false)
	require.False(t, ok)
	counts[0] = 2
	h, ok := newHuffman(counts, []byte{7, 9}, false)
	require.True(t, ok)
	b := bitReader{data: []byte{0b01000000}}
	b.refill()
	require.EqualValues(t, 7, b.symbol(h))
	require.EqualValues(t, 9, b.symbol(h))
	require.False(t, b.overrun())
}

// TestBitReader reads across stuffed bytes, up to a marker, and notices what was not there.
func TestBitReader(t *testing.T) {
	t.Parallel()
	b := bitReader{data: []byte{0x12, 0xff, 0x00, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xff, 0xd9, 0x11}}
	for _, want := range []uint32{0x12, 0xff, 0x34, 0x56, 0x78, 0x9a, 0xbc} {
		b.refill()
		require.Equal(t, want, b.take(8))
		require.False(t, b.overrun())
	}
	b.refill()
	require.Zero(t, b.take(8))
	require.True(t, b.overrun())
	require.Equal(t, 8, b.pos, "the marker is still there")
	b.reset(10)
	require.False(t, b.bit())
	require.False(t, b.overrun())
	for v := range uint64(256) {
		for shift := range 8 {
			x := v<<(8*shift) | 0x0102030400fe8081&^(0xff<<(8*shift))
			require.Equal(t, v != 0xff, hasNoFF(x), "%#x", x)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, data := range seeds(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := jpeg.DecodeConfig(bytes.NewReader(data)); err != nil || c.Width*c.Height > 1<<16 {
			return
		}
		if bytes.Count(data, []byte{0xff, markerSOS}) > 20 {
			return
		}
		var full image.Point
		for _, denominator := range []int{1, 2, 4, 8} {
			m, err := Decode(data, denominator, never)
			if err != nil {
				require.Equal(t, 1, denominator, "whether a file is good depends on the scale: %v", err)
				return
			}
			planes(m) // every visible sample exists
			if denominator == 1 {
				full = m.Bounds().Size()
			}
			require.Equal(t, (full.X+denominator-1)/denominator, m.Bounds().Dx())
			require.Equal(t, (full.Y+denominator-1)/denominator, m.Bounds().Dy())
		}
	})
}
