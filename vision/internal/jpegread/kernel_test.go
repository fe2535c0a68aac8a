package jpegread

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// canary is what surrounds a block that is written.
const canary = 0xa5

// requireTwins transforms a block by the portable and by the fastest code, into the middle of a larger picture.
func requireTwins(t *testing.T, block *[64]int16, quant *[64]int32, stride int) {
	t.Helper()
	last := 63
	for last > 0 && block[zigzag[last]] == 0 {
		last--
	}
	for _, size := range []int{2, 4, 8} {
		n := (size-1)*stride + size
		want, got := make([]byte, n+16), make([]byte, n+16)
		for i := range want {
			want[i], got[i] = canary, canary
		}
		idctGeneric(size)(want[8:8+n:8+n], stride, block, quant, last)
		fastestIDCT(size)(got[8:8+n:8+n], stride, block, quant, last)
		require.Equal(t, want, got, "size %d, stride %d", size, stride)
		for i, v := range got {
			if row, column := (i-8)/stride, (i-8)%stride; i < 8 || row >= size || column >= size {
				require.EqualValues(t, canary, v, "size %d wrote at %d", size, i)
			}
		}
	}
}

// TestKernels holds the assembly against its generic twins, for blocks as pictures have them and for any 16 bits at all,
// where sums overflow alike.
func TestKernels(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 4000 {
		var block [64]int16
		var quant [64]int32
		wild := round%4 == 0
		for i := range block {
			quant[i] = 1 + r.Int32N(255)
			switch {
			case wild:
				block[i], quant[i] = int16(r.Uint32()), r.Int32N(1<<16)
			case r.IntN(1+i/4) == 0:
				block[i] = int16(r.IntN(2000)-1000) / int16(1+i)
			}
		}
		requireTwins(t, &block, &quant, 8+r.IntN(30))
	}
}

// TestFillIsEveryTransform of a block that has nothing but its mean, four times beyond what a picture can have.
func TestFillIsEveryTransform(t *testing.T) {
	t.Parallel()
	quant := [64]int32{3}
	for dc := -2730; dc <= 2730; dc++ {
		block := [64]int16{int16(dc)}
		for _, size := range []int{2, 4, 8} {
			var want, got [64]byte
			idctGeneric(size)(want[:], 8, &block, &quant, 63)
			fill(got[:], 8, size, clamp((int32(dc)*quant[0]+4)>>3+128))
			require.Equal(t, want, got, "size %d, %d", size, dc)
		}
	}
}

// TestKernelsRefuseShortSlices before they touch memory.
func TestKernelsRefuseShortSlices(t *testing.T) {
	t.Parallel()
	var block [64]int16
	var quant [64]int32
	for _, size := range []int{2, 4, 8} {
		short := make([]byte, (size-1)*20+size-1)
		require.Panics(t, func() { fastestIDCT(size)(short[:len(short):len(short)], 20, &block, &quant, 63) })
	}
}

func FuzzKernels(f *testing.F) {
	f.Add([]byte("00000000"), uint8(14)) // sums overflow, also where a column has a single coefficient
	f.Fuzz(func(t *testing.T, data []byte, stride uint8) {
		var block [64]int16
		var quant [64]int32
		for i := range block {
			if len(data) < 4 {
				break
			}
			block[i], quant[i] = int16(binary.LittleEndian.Uint16(data)), int32(binary.LittleEndian.Uint16(data[2:]))
			data = data[4:]
		}
		requireTwins(t, &block, &quant, 8+int(stride))
	})
}
