package jpegread

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// randomCode makes a canonical code of some symbols. Long codes come up as often as short ones.
func randomCode(r *rand.Rand, ac bool) *huffman {
	for {
		counts := make([]byte, 16)
		free, total := 1, 0
		for i := range counts {
			free *= 2
			n := r.IntN(min(free, 20) + 1)
			if i < 3 {
				n /= 2
			}
			counts[i] = byte(n)
			free = min(free-n, 1000)
			total += n
		}
		if total < 1 || total > 256 {
			continue
		}
		values := make([]byte, total)
		for i := range values {
			values[i] = byte(r.Uint32())
		}
		if h, ok := newHuffman(counts, values, ac); ok {
			return h
		}
	}
}

// TestFastCoefficients: what the table says is what reading code and value one after the other gives.
func TestFastCoefficients(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	found := 0
	for range 100 {
		for _, ac := range []bool{false, true} {
			h := randomCode(r, ac)
			for range 200 {
				acc := r.Uint64()
				e := h.fast[acc>>(64-fastBits)]
				symbol, n := h.long(acc)
				if n == 0 || n > fastBits {
					require.Zero(t, e)
					continue
				}
				found++
				size := int(symbol & 15)
				require.Equal(t, n+size, e.bits())
				require.Equal(t, extend(uint32(acc<<n>>(64-size)), size), e.value(acc))
				require.Equal(t, h.longCoefficient(new(bitReader), acc, ac).value(acc), e.value(acc))
				switch {
				case !ac:
					require.Equal(t, 1, e.skip())
				case size == 0 && symbol != 0xf0:
					require.Equal(t, endOfBlock, e.skip())
				default:
					require.Equal(t, 1+int(symbol>>4), e.skip())
				}
			}
		}
	}
	require.Greater(t, found, 10_000)
}

// TestSequentialBlock reads a block of every kind of entry: short and long codes, values in and out of the table, a run of
// sixteen zeros, the end of the block.
func TestSequentialBlock(t *testing.T) {
	t.Parallel()
	// Codes 0, 10, 110, …: symbol i has i+1 bits; the twelfth is beyond the table.
	counts := []byte{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0}
	ac, ok := newHuffman(counts, []byte{0x00, 0x11, 0x05, 0xf0, 2, 3, 4, 6, 7, 8, 9, 0x2f}, true)
	require.True(t, ok)
	dc, ok := newHuffman([]byte{1, 1, 15: 0}, []byte{3, 0}, false)
	require.True(t, ok)
	var w bitWriter
	w.put(0b0_101, 4)            // mean 5
	w.put(0b10_0, 3)             // a zero, −1
	w.put(0b110_00000, 8)        // −31
	w.put(0b1110, 4)             // 16 zeros
	w.put(0b111111111110, 12)    // 2 zeros and 15 bits
	w.put(0b100000000000001, 15) // 16385
	w.put(0b0, 1)                // the end
	w.put(0b10, 2)               // next block: nothing new of the mean
	w.put(0b0, 1)                // the end
	d := &decoder{bits: bitReader{data: w.bytes()}}
	c := &component{dc: dc, ac: ac}
	require.Equal(t, 22, d.sequential(c))
	want := [64]int16{0: 5}
	want[zigzag[2]], want[zigzag[3]], want[zigzag[22]] = -1, -31, 16385
	require.Equal(t, want, d.block)
	require.Zero(t, d.sequential(c))
	require.Equal(t, [64]int16{5}, d.block)
	require.False(t, d.bits.overrun())
	d.sequential(c)
	require.True(t, d.bits.overrun(), "what is left is no code")
}

// bitWriter writes entropy-coded data, stuffed.
type bitWriter struct {
	out []byte
	acc uint64
	n   int
}

func (w *bitWriter) put(bits uint64, n int) {
	for n--; n >= 0; n-- {
		w.acc = w.acc<<1 | bits>>n&1
		if w.n++; w.n == 8 {
			w.out = append(w.out, byte(w.acc))
			if byte(w.acc) == 0xff {
				w.out = append(w.out, 0)
			}
			w.n = 0
		}
	}
}

// bytes fills the last byte up with ones.
func (w *bitWriter) bytes() []byte {
	for w.n != 0 {
		w.put(1, 1)
	}
	return w.out
}
