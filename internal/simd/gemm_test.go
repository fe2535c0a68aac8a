package simd

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// gemmTolerance is what sums of k products of numbers in [−1, 1] may differ by.
func gemmTolerance(k int) float64 { return 1e-6 + 4e-7*float64(k) }

func randomPacked(rng *rand.Rand, k, n int) Packed {
	p := MakePacked(make([]float32, PackedLen(k, n)), k, n)
	p.Fill(random(rng, make([]float32, k*n)), n, 1, 1)
	p.SetBias(random(rng, make([]float32, n)), 1)
	return p
}

// at reads one element back from the panels.
func (p Packed) at(row, col int) float32 {
	numbers, cols := p.panel(col &^ 15)
	return numbers[row*cols+col&15]
}

// reference is the definition of a product, in float64.
func reference(g Product) []float32 {
	out := make([]float32, len(g.C))
	copy(out, g.C)
	for i := range g.M {
		for j := range g.B.N {
			s := float64(g.B.bias[j])
			for p := range g.B.K {
				s += float64(g.A[i*g.LDA+p]) * float64(g.B.at(p, j))
			}
			if g.Residual != nil {
				s += float64(g.Residual[i*g.LDR+j])
			}
			out[i*g.LDC+j] = g.Bounds.apply(float32(s))
		}
	}
	return out
}

func TestPackedLayout(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 7, 8, 9, 16, 17, 24, 25, 40, 257} {
		k := 5
		b := random(rand.New(rand.NewPCG(1, uint64(n))), make([]float32, k*n))
		p := MakePacked(make([]float32, PackedLen(k, n)), k, n)
		p.Fill(b, n, 1, 2)
		q := MakePacked(make([]float32, PackedLen(n, k)), n, k)
		q.Fill(b, 1, n, 1) // the transposed matrix
		for i := range k {
			for j := range n {
				require.Equal(t, 2*b[i*n+j], p.at(i, j))
				require.Equal(t, b[i*n+j], q.at(j, i))
			}
		}
		require.Zero(t, PackedLen(k, n)%8)
	}
	require.Panics(t, func() { randomPacked(rand.New(rand.NewPCG(1, 1)), 2, 40).Columns(8, 40) })
}

// TestFill compares with the definition, and looks at what must stay zero, for all remainders.
func TestFill(t *testing.T) {
	t.Parallel()
	for _, k := range All() {
		for depth := range 35 {
			for _, n := range []int{1, 7, 8, 9, 15, 16, 17, 23, 24, 25, 50, 64} {
				for name, strides := range map[string][2]int{
					"rows": {n + depth%3, 1}, "transposed": {1, depth + n%3}, "spread": {2*n + 1, 2}, "one row": {0, 1},
				} {
					buf := guard(PackedLen(depth, n), depth%8)
					p := MakePacked(buf.s, depth, n)
					b := random(rand.New(rand.NewPCG(uint64(n), uint64(depth))), make([]float32, max(1, depth*strides[0]+n*strides[1])))
					k.Fill(p, b, strides[0], strides[1], -1.5)
					var want, got []float32
					for row := range depth {
						for j := range paddedColumns(n) {
							got, want = append(got, p.at(row, j)), append(want, 0)
							if j < n {
								want[len(want)-1] = -1.5 * b[row*strides[0]+j*strides[1]]
							}
						}
					}
					near(t, want, got, 0, k.name, " ", name, " k=", depth, " n=", n)
					buf.intact(t)
				}
			}
		}
		p := MakePacked(make([]float32, PackedLen(8, 16)), 8, 16)
		require.Panics(t, func() { k.Fill(p, make([]float32, 8*16-1), 16, 1, 1) })
		require.Panics(t, func() { k.Fill(p, make([]float32, 8*16-1), 1, 8, 1) })
		require.Panics(t, func() { k.Fill(p, make([]float32, 8*16), -1, 1, 1) })
	}
}

func TestGemm(t *testing.T) {
	t.Parallel()
	type size struct{ m, k, n int }
	var sizes []size
	for n := range 258 { // every width, with heights and depths that meet every remainder
		sizes = append(sizes, size{1 + n%14, n % 5 * 7, n})
	}
	for k := range 258 {
		sizes = append(sizes, size{7, k, 24})
	}
	for m := range 40 {
		sizes = append(sizes, size{m, 33, 24})
	}
	sizes = append(sizes, size{13, 1200, 20}, size{400, 300, 17}, size{1, 1280, 1000})
	for _, k := range All() {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(2, 2))
			for i, s := range sizes {
				b := randomPacked(rng, s.k, s.n)
				ldc, lda := s.n+i%3, s.k+i%2
				c, a := guard(max(0, s.m*ldc), i%8), guard(s.m*lda, (i+3)%8)
				random(rng, c.s)
				random(rng, a.s)
				g := Product{C: c.s, LDC: ldc, A: a.s, LDA: lda, M: s.m, B: b, Bounds: Unbounded()}
				if i%2 == 1 {
					g.Bounds = Bounds{Lo: -0.5, Hi: 1}
				}
				switch i % 3 {
				case 1:
					g.Residual, g.LDR = random(rng, make([]float32, s.m*ldc)), ldc
				case 2:
					g.Residual, g.LDR = c.s, ldc // in place
				}
				want := reference(g)
				k.Gemm(g)
				near(t, want, c.s, gemmTolerance(s.k), fmt.Sprintf("m=%d k=%d n=%d", s.m, s.k, s.n))
				c.intact(t)
				a.intact(t)
			}
		})
	}
}

func TestGemmInPartsIsTheSame(t *testing.T) {
	t.Parallel()
	for _, k := range All() {
		rng := rand.New(rand.NewPCG(3, 3))
		m, depth, n := 50, depthBlock+232, 72
		b := randomPacked(rng, depth, n)
		a := random(rng, make([]float32, m*depth))
		whole, parts := make([]float32, m*n), make([]float32, m*n)
		k.Gemm(Product{C: whole, LDC: n, A: a, LDA: depth, M: m, B: b, Bounds: Unbounded()})
		for _, rows := range [][2]int{{0, 7}, {7, 8}, {8, 50}} {
			for _, cols := range [][2]int{{0, 16}, {16, 64}, {64, 72}} {
				k.Gemm(Product{
					C: parts[rows[0]*n+cols[0]:], LDC: n, A: a[rows[0]*depth:], LDA: depth, M: rows[1] - rows[0],
					B: b.Columns(cols[0], cols[1]), Bounds: Unbounded(),
				})
			}
		}
		require.Equal(t, whole, parts, "bit for bit, so that threads do not change results")
	}
}

// TestGemmRowsAreTheSameAtEveryHeight cuts the rows so that each is computed in tiles of all heights.
func TestGemmRowsAreTheSameAtEveryHeight(t *testing.T) {
	t.Parallel()
	tallest := 38
	if testing.Short() { // as under emulation; all tiles, alone and after others
		tallest = 14
	}
	for _, k := range All() {
		rng := rand.New(rand.NewPCG(8, 8))
		m, depth, n := 64, 2*depthBlock+7, 24
		b := randomPacked(rng, depth, n)
		a, r := random(rng, make([]float32, m*depth)), random(rng, make([]float32, m*n))
		whole := make([]float32, m*n)
		g := Product{C: whole, LDC: n, A: a, LDA: depth, M: m, B: b, Residual: r, LDR: n, Bounds: Bounds{Lo: -4, Hi: 4}}
		k.Gemm(g)
		for height := 1; height < tallest; height++ {
			got := make([]float32, m*n)
			for i := 0; i < m; i += height {
				g.C, g.A, g.Residual, g.M = got[i*n:], a[i*depth:], r[i*n:], min(height, m-i)
				k.Gemm(g)
			}
			require.Equal(t, whole, got, "%s height %d", k.name, height)
		}
	}
}

func TestGemmSpecialNumbers(t *testing.T) {
	t.Parallel()
	for _, k := range All() {
		rng := rand.New(rand.NewPCG(4, 4))
		m, depth, n := 9, 12, 24
		b := randomPacked(rng, depth, n)
		a := random(rng, make([]float32, m*depth))
		a[0*depth+3], a[4*depth+1], a[8*depth+11] = nan, inf, -inf
		g := Product{C: make([]float32, m*n), LDC: n, A: a, LDA: depth, M: m, B: b, Bounds: Bounds{Lo: 0, Hi: 6}}
		want := reference(g)
		k.Gemm(g)
		near(t, want, g.C, gemmTolerance(depth), k.name)
		require.True(t, g.C[0] != g.C[0], "NaN passes the bounds")
	}
}

func TestGemmAllocatesNothing(t *testing.T) {
	for _, k := range All() {
		b := randomPacked(rand.New(rand.NewPCG(5, 5)), 40, 21)
		g := Product{C: make([]float32, 13*21), LDC: 21, A: make([]float32, 13*40), LDA: 40, M: 13, B: b, Bounds: Unbounded(), Scratch: make([]float32, TileScratch)}
		require.Zero(t, testing.AllocsPerRun(10, func() { k.Gemm(g) }), k.name)
	}
}

func FuzzGemm(f *testing.F) {
	f.Add(uint64(1), uint16(7), uint16(33), uint16(24), uint8(0))
	f.Add(uint64(2), uint16(1), uint16(600), uint16(9), uint8(7))
	f.Fuzz(func(t *testing.T, seed uint64, m, depth, n uint16, flags uint8) {
		m, depth, n = m%64, depth%1100, n%70
		rng := rand.New(rand.NewPCG(seed, 0))
		b := randomPacked(rng, int(depth), int(n))
		a := random(rng, make([]float32, int(m)*int(depth)))
		run := func(k *Kernels) guarded {
			c := guard(int(m)*int(n), int(flags%8))
			random(rand.New(rand.NewPCG(seed, 1)), c.s)
			g := Product{C: c.s, LDC: int(n), A: a, LDA: int(depth), M: int(m), B: b, Bounds: Unbounded()}
			if flags&8 != 0 {
				g.Bounds = Bounds{Lo: 0, Hi: 6}
			}
			if flags&16 != 0 {
				g.Residual, g.LDR = c.s, int(n)
			}
			k.Gemm(g)
			c.intact(t)
			return c
		}
		want := run(Generic())
		for _, k := range All() {
			near(t, want.s, run(k).s, gemmTolerance(int(depth)), k.name)
		}
	})
}
