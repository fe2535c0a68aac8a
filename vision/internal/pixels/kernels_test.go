package pixels

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// implementations calls test for every implementation that the dispatcher may pick. On a CPU without one of them it is
// skipped by name.
func implementations(t *testing.T, test func(t *testing.T, k *kernels)) {
	byName := map[string]*kernels{}
	for _, k := range available() {
		byName[k.name] = k
	}
	for _, name := range []string{"avx2", "generic"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if byName[name] == nil {
				t.Skipf("this build or CPU has no %s kernels", name)
			}
			test(t, byName[name])
		})
	}
}

const canary = 0xa5

// guarded is a slice of n bytes that begins at an odd place, with canaries around.
type guarded struct {
	all, p []byte
	offset int
}

func guard(n, offset int) guarded {
	all := bytes.Repeat([]byte{canary}, n+offset+64)
	return guarded{all: all, p: all[offset : offset+n : offset+n], offset: offset}
}

func (g guarded) intact(t testing.TB) {
	t.Helper()
	for i, v := range g.all {
		if (i < g.offset || i >= g.offset+len(g.p)) && v != canary {
			t.Fatalf("byte %d of [%d:%d] was overwritten", i, g.offset, g.offset+len(g.p))
		}
	}
}

func guardRow(n, offset int) (row Row, intact func(t testing.TB)) {
	r, g, b := guard(n, offset), guard(n, offset+3), guard(n, offset+1)
	return Row{r.p, g.p, b.p}, func(t testing.TB) {
		t.Helper()
		r.intact(t)
		g.intact(t)
		b.intact(t)
	}
}

// noiseBytes are n random samples, many of them extreme, at an odd place and with nothing behind them.
func noiseBytes(r *rand.Rand, n, offset int) []byte {
	p := make([]byte, n+offset)[offset : offset+n : offset+n]
	for i := range p {
		p[i] = []byte{0, 255, 128, byte(r.Uint32())}[r.IntN(4)]
	}
	return p
}

// TestYCCAllTriples converts all 2²⁴ triples by every implementation; they equal the portable one, which
// TestYCCTables holds against the definition.
func TestYCCAllTriples(t *testing.T) {
	t.Parallel()
	implementations(t, func(t *testing.T, k *kernels) {
		const n = 256 * 256
		luma, cb, cr := make([]byte, n), make([]byte, n), make([]byte, n)
		for i := range n {
			cb[i], cr[i] = byte(i>>8), byte(i)
		}
		want, got := make([]byte, 3*n), make([]byte, 3*n)
		row := func(p []byte) Row { return Row{p[:n], p[n : 2*n], p[2*n:]} }
		for y := range 256 {
			for i := range luma {
				luma[i] = byte(y)
			}
			yccGeneric(row(want), luma, cb, cr)
			k.ycc(row(got), luma, cb, cr)
			require.True(t, bytes.Equal(want, got), "Y = %d", y)
		}
	})
}

func TestYCCWidths(t *testing.T) {
	t.Parallel()
	implementations(t, func(t *testing.T, k *kernels) {
		r := rand.New(rand.NewPCG(1, 2))
		for n := 1; n <= 257; n++ {
			luma, cb, cr := noiseBytes(r, n, n%5), noiseBytes(r, n, n%3), noiseBytes(r, n, n%7)
			dst, intact := guardRow(n, n%11)
			k.ycc(dst, luma, cb, cr)
			for i := range n {
				want := naiveRGB(int(luma[i]), int(cb[i]), int(cr[i]))
				require.Equal(t, want, [3]byte{dst.R[i], dst.G[i], dst.B[i]}, "n=%d, pixel %d", n, i)
			}
			intact(t)
		}
	})
}

func TestUpsampleWidths(t *testing.T) {
	t.Parallel()
	implementations(t, func(t *testing.T, k *kernels) {
		r := rand.New(rand.NewPCG(3, 4))
		for n := 1; n <= 257; n++ {
			near, far := noiseBytes(r, n+2, n%5), noiseBytes(r, n+2, n%3)
			dst := guard(2*n, n%7)
			k.h2v2(dst.p, near, far)
			for c := 1; c <= n; c++ {
				sum := func(i int) int { return 3*int(near[i]) + int(far[i]) }
				want := [2]int{(3*sum(c) + sum(c-1) + 8) >> 4, (3*sum(c) + sum(c+1) + 7) >> 4}
				require.Equal(t, want, [2]int{int(dst.p[2*c-2]), int(dst.p[2*c-1])}, "n=%d, column %d", n, c)
			}
			dst.intact(t)
		}
	})
}

func TestSplitWidths(t *testing.T) {
	t.Parallel()
	implementations(t, func(t *testing.T, k *kernels) {
		r := rand.New(rand.NewPCG(5, 6))
		for n := 1; n <= 257; n++ {
			src := noiseBytes(r, 4*n, n%9)
			for i := range n {
				src[4*i+3] = 255
			}
			for _, hole := range []int{-1, 0, n / 2, n - 1} { // the pixel that is not opaque
				if hole >= 0 {
					src[4*hole+3] = 254
				}
				dst, intact := guardRow(n, n%6)
				require.Equal(t, hole < 0, k.split(dst, src), "n=%d, hole %d", n, hole)
				for i := range n {
					require.Equal(t, src[4*i:4*i+3], []byte{dst.R[i], dst.G[i], dst.B[i]}, "n=%d, pixel %d", n, i)
				}
				intact(t)
				if hole >= 0 {
					src[4*hole+3] = 255
				}
			}
		}
	})
}

func BenchmarkKernels(b *testing.B) {
	const n = 4000
	r := rand.New(rand.NewPCG(7, 8))
	src := noiseBytes(r, 4*n, 0)
	dst := Row{make([]byte, n), make([]byte, n), make([]byte, n)}
	for _, k := range available() {
		for _, op := range []struct {
			name string
			run  func()
		}{
			{"ycc", func() { k.ycc(dst, src[:n], src[n:2*n], src[2*n:3*n]) }},
			{"h2v2", func() { k.h2v2(dst.R, src[:n/2+2], src[n:n+n/2+2]) }},
			{"split", func() { k.split(dst, src) }},
		} {
			b.Run(fmt.Sprintf("op=%s/n=%d/impl=%s", op.name, n, k.name), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(n)
				for b.Loop() {
					op.run()
				}
			})
		}
	}
}

func TestTransposeWidths(t *testing.T) {
	t.Parallel()
	implementations(t, func(t *testing.T, k *kernels) {
		r := rand.New(rand.NewPCG(9, 10))
		var src tile
		for i := range src {
			copy(src[i][:], noiseBytes(r, tileColumns, 0))
		}
		for n := 1; n <= tileColumns; n++ {
			stride := tileRows + n%7
			dst := guard((n-1)*stride+tileRows, n%5)
			k.transpose(dst.p, stride, &src, n)
			for x := range n {
				for y := range stride {
					switch got := dst.p[min(x*stride+y, len(dst.p)-1)]; {
					case y < tileRows:
						require.Equal(t, src[y][x], got, "n=%d, row %d, column %d", n, y, x)
					case x < n-1:
						require.EqualValues(t, canary, got, "n=%d, between rows", n)
					}
				}
			}
			dst.intact(t)
		}
	})
}

func TestReverse(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 12))
	for n := range 258 {
		g := guard(n, n%5)
		copy(g.p, noiseBytes(r, n, 0))
		want := slices.Clone(g.p)
		slices.Reverse(want)
		reverse(g.p)
		require.Equal(t, want, g.p)
		g.intact(t)
	}
}
