package simd

const (
	// TileRows is the number of rows that a kernel computes at once: heights of row blocks are best multiples of it.
	TileRows = 6
	// PanelColumns is the width of the panels that B is packed into: column ranges are cut at multiples of it.
	PanelColumns = 16
	// TileScratch is the length of [Product].Scratch.
	TileScratch = TileRows * PanelColumns

	halfPanel = 8 // width of the last panel where that many columns suffice

	// depthBlock and areaBlock keep what is used again in the L2 cache: depthBlock × 16 numbers of a panel, from where
	// they stream faster than they are multiplied, and areaBlock numbers of A. Shorter blocks, whose panels fit L1, lose
	// more by loading and storing C once for each: 768 is best for ViT-B/32.
	depthBlock = 768
	areaBlock  = 64 << 10
)

// Packed is the right-hand side of a product: B [K, N] in panels of 16 columns, each panel row after row, the last one
// 16 or 8 wide and filled up with zeros; and a bias [N], zero at first. The zero value is empty.
//
//	B = [b00 b01 … b0,15 | b10 … b1,15 | … ]  then columns 16…31, …
type Packed struct {
	K, N   int
	panels []float32
	bias   []float32
}

// paddedColumns rounds n up to whole panels.
func paddedColumns(n int) int {
	rest := n % PanelColumns
	switch {
	case rest == 0:
		return n
	case rest <= halfPanel:
		return n - rest + halfPanel
	default:
		return n - rest + PanelColumns
	}
}

// PackedLen is the number of float32 numbers that [MakePacked] needs.
func PackedLen(k, n int) int { return (k + 1) * paddedColumns(n) }

// MakePacked returns a zero matrix that lives in buf, which it clears and keeps. len(buf) must be PackedLen(k, n).
func MakePacked(buf []float32, k, n int) Packed {
	clear(buf)
	return ViewPacked(buf, k, n)
}

// ViewPacked returns the matrix that lies in buf, where [MakePacked] made it.
func ViewPacked(buf []float32, k, n int) Packed {
	mustEqual(len(buf), PackedLen(k, n))
	size := k * paddedColumns(n)
	return Packed{K: k, N: n, panels: buf[:size], bias: buf[size:]}
}

// SetBias sets bias[j] = scale · bias[j].
func (p Packed) SetBias(bias []float32, scale float32) {
	mustEqual(len(bias), p.N)
	for j, v := range bias {
		p.bias[j] = scale * v
	}
}

// FillBias sets all of the bias to v.
func (p Packed) FillBias(v float32) {
	for j := range p.N {
		p.bias[j] = v
	}
}

// Columns returns columns from to to as a matrix of its own, which shares memory. from must be a multiple of 16, and
// to another one or N.
func (p Packed) Columns(from, to int) Packed {
	if from%PanelColumns != 0 || (to%PanelColumns != 0 && to != p.N) || from < 0 || to < from || to > p.N {
		panic("simd: columns are not cut between panels")
	}
	padded := paddedColumns(to)
	return Packed{K: p.K, N: to - from, panels: p.panels[from*p.K : padded*p.K], bias: p.bias[from:padded]}
}

// panel returns the panel that starts at a column, and its width.
func (p Packed) panel(from int) (numbers []float32, cols int) {
	cols = min(PanelColumns, paddedColumns(p.N)-from)
	return p.panels[from*p.K : (from+cols)*p.K], cols
}

// Product is C = clip(A·B + bias + R): what [Kernels.Gemm] computes.
type Product struct {
	C        []float32 // [M, B.N], rows LDC apart
	LDC      int
	A        []float32 // [M, B.K], rows LDA apart
	LDA      int
	M        int
	B        Packed
	Residual []float32 // R, like C with rows LDR apart; may be nil, and may be C itself
	LDR      int
	Bounds   Bounds
	// Scratch holds TileScratch numbers where N is no multiple of 8. It is allocated if it is shorter.
	Scratch []float32
}

// BlockRows returns how many rows of A, each of k numbers, one call should get so that they stay in cache.
func BlockRows(k int) int { return areaBlock / min(max(1, k), depthBlock) / TileRows * TileRows }

// Gemm computes a product:
//
//	for each block of rows, block of depth and panel of B {
//		gemmPanel: C = A·B + (bias + R in the first block of depth, C in later ones), clipped in the last one
//	}
//
// The result does not depend on how rows and columns are cut into calls.
func (k *Kernels) Gemm(g Product) {
	if g.B.N == 0 || g.M == 0 {
		return
	}
	rows := BlockRows(g.B.K)
	for i := 0; i < g.M; i += rows {
		block := g
		block.M = min(rows, g.M-i)
		block.A, block.C = g.A[i*g.LDA:], g.C[i*g.LDC:]
		if g.Residual != nil {
			block.Residual = g.Residual[i*g.LDR:]
		}
		k.gemmBlock(block)
	}
}

func (k *Kernels) gemmBlock(g Product) {
	for depth := 0; depth == 0 || depth < g.B.K; depth += depthBlock {
		n := min(depthBlock, g.B.K-depth)
		last := depth+n == g.B.K
		for from := 0; from < g.B.N; from += PanelColumns {
			numbers, cols := g.B.panel(from)
			p := panel{
				c: g.C[from:], ldc: g.LDC, a: g.A[depth:], lda: g.LDA, b: numbers[depth*cols:], k: n,
				cols: cols, bias: g.B.bias[from:], m: g.M, bounds: Unbounded(), accumulate: depth > 0,
			}
			if depth == 0 && g.Residual != nil {
				p.r, p.ldr = g.Residual[from:], g.LDR
			}
			if last {
				p.bounds = g.Bounds
			}
			if from+PanelColumns < g.B.N {
				next, cols := g.B.panel(from + PanelColumns)
				p.next = next[depth*cols:]
			}
			if g.B.N-from >= cols {
				k.gemmPanel(p)
			} else {
				k.gemmTail(p, g.B.N-from, &g.Scratch)
			}
		}
	}
}

// gemmTail computes a panel that is wider than the n columns that are left of C, in tiles beside it.
func (k *Kernels) gemmTail(p panel, n int, scratch *[]float32) {
	if len(*scratch) < TileScratch {
		*scratch = make([]float32, TileScratch)
	}
	tile := (*scratch)[:TileScratch]
	height := TileScratch / p.cols
	for i := 0; i < p.m; i += height {
		rows := min(height, p.m-i)
		if p.accumulate {
			for r := range rows {
				copy(tile[r*p.cols:], p.c[(i+r)*p.ldc:][:n])
			}
		}
		q := p
		q.c, q.ldc, q.a, q.m, q.r, q.bounds = tile, p.cols, p.a[i*p.lda:], rows, nil, Unbounded()
		k.gemmPanel(q)
		for r := range rows {
			c := p.c[(i+r)*p.ldc:][:n]
			for j := range c {
				v := tile[r*p.cols+j]
				if p.r != nil {
					v += p.r[(i+r)*p.ldr+j]
				}
				c[j] = p.bounds.apply(v)
			}
		}
	}
}
