package onnx

import (
	"slices"

	"github.com/soundtrack-go/sdk/internal/simd"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// matMul is MatMul: products of the last two dimensions, over all others with broadcasting. A constant matrix B is
// packed when the model is loaded, together with the bias that [rewriter] found after it: a third input.
type matMul struct {
	packed *simd.Packed // nil if B is computed or more than a matrix
}

func loadMatMul(n *node, _ *graph) (operator, error) {
	b, o := n.inputs[1].constant, &matMul{}
	if b == nil || b.Type != onnxfile.Float || len(b.Shape) != 2 || len(b.Floats) == 0 {
		n.inputs[1].keep = true
		return o, newAttributes(n).done()
	}
	var bias []float32
	if v := n.input(2); v != nil {
		bias = v.constant.Floats
	}
	o.packed = packConstant(b.Floats, b.Shape[0], b.Shape[1], b.Shape[1], 1, 1, bias)
	return o, newAttributes(n).done()
}

// packConstant packs alpha·B [k, n] and a bias, which is a row, one number or nil.
func packConstant(b []float32, k, n, rowStride, colStride int, alpha float32, bias []float32) *simd.Packed {
	p := simd.MakePacked(make([]float32, simd.PackedLen(k, n)), k, n)
	p.Fill(b, rowStride, colStride, alpha)
	setBias(p, bias)
	return &p
}

func setBias(p simd.Packed, bias []float32) {
	switch len(bias) {
	case 0:
	case p.N:
		p.SetBias(bias, 1)
	default:
		p.FillBias(bias[0])
	}
}

// matrices returns the shapes of the operands and of the result as stacks of matrices: a vector becomes a row on the
// left and a column on the right.
func (o *matMul) matrices(n *node, a, b []int) (left, right, out []int, err error) {
	if len(a) == 0 || len(b) == 0 {
		return nil, nil, nil, n.invalidf("shapes %v and %v do not go together", a, b)
	}
	left, right = a, b
	if len(a) == 1 {
		left = []int{1, a[0]}
	}
	if len(b) == 1 {
		right = []int{b[0], 1}
	}
	if sizeFromEnd(left, 1) != sizeFromEnd(right, 2) {
		return nil, nil, nil, n.invalidf("shapes %v and %v do not go together", a, b)
	}
	batch, err := broadcastShape(n, left[:len(left)-2], right[:len(right)-2])
	return left, right, append(batch, sizeFromEnd(left, 2), lastSize(right)), err
}

func (o *matMul) infer(n *node, in []tensorType) ([]tensorType, error) {
	if err := needFloat(n, in[:2]...); err != nil {
		return nil, err
	}
	_, _, out, err := o.matrices(n, in[0].shape, in[1].shape)
	if err != nil {
		return nil, err
	}
	if len(in[1].shape) == 1 {
		out = out[:len(out)-1]
	}
	if len(in[0].shape) == 1 {
		at := len(out) - 1 // of the row; the columns follow if there are any
		if len(in[1].shape) > 1 {
			at--
		}
		out = slices.Delete(out, at, at+1)
	}
	return one(n, out...)
}

func (o *matMul) fuses(b *planBuilder, n *node) abilities {
	if b.fusions[n.index].attention != nil {
		return abilities{order: true}
	}
	stack := len(b.typeOf(n.inputs[0]).shape) >= 2 && len(b.typeOf(n.inputs[1]).shape) >= 2
	return abilities{residual: true, activate: true, order: o.packed == nil && stack}
}

func (o *matMul) emit(b *planBuilder, n *node) error {
	x, z := b.typeOf(n.inputs[0]).shape, b.typeOf(n.inputs[1]).shape
	left, right, out, err := o.matrices(n, x, z)
	if err != nil {
		return err
	}
	m := multiplier{packed: o.packed, alpha: 1}
	if m.a, err = b.stack(n, n.inputs[0], left); err != nil {
		return err
	}
	if o.packed == nil {
		if m.b, err = b.stack(n, n.inputs[1], right); err != nil {
			return err
		}
	}
	b.emitProduct(n, m, out)
	return nil
}

// stack returns a value as a stack of matrices.
func (b *planBuilder) stack(n *node, v *value, shape []int) (view, error) {
	w, ok := b.view(v).reshape(shape)
	if !ok {
		return view{}, n.invalidf("shape %v", shape)
	}
	return w, nil
}

// multiplier is a product of matrices: alpha·A·B + bias, and plus sum.
type multiplier struct {
	a      view         // [batch…, M, K]
	packed *simd.Packed // B [K, N], with alpha and bias; nil if it is computed:
	b      view         // [batch…, K, N]
	alpha  float32
	bias   []float32
	sum    *value // of the result's shape; nil for none or what was fused
}

// emitProduct adds the steps of a product whose result has the shape [batch…, M, N].
func (b *planBuilder) emitProduct(n *node, m multiplier, shape []int) {
	f := b.fusion(n)
	j := productJob{
		kernels: b.kernels, fusion: f, packed: m.packed,
		rows: sizeFromEnd(shape, 2), cols: lastSize(shape), depth: lastSize(m.a.shape),
	}
	batch := shape[:len(shape)-2]
	if m.packed != nil { // one product of all rows
		j.rows *= product(batch)
		batch = nil
		shape = []int{j.rows, j.cols}
		if w, ok := m.a.reshape([]int{j.rows, j.depth}); ok {
			m.a = w
		} else {
			m.a = contiguous(b.copied(n, m.a), []int{j.rows, j.depth})
		}
	}
	if last := len(m.a.shape) - 1; m.a.strides[last] != 1 && j.depth > 1 ||
		m.a.strides[last-1] < j.depth && j.rows > 1 {
		m.a = contiguous(b.copied(n, m.a), m.a.shape)
	}
	j.a, j.lda = m.a.broadcastStack(batch), max(j.depth, m.a.strides[len(m.a.shape)-2])
	s := step{name: n.name, reads: []*storage{j.a.store}}
	if m.packed == nil {
		j.emitPack(b, n, m, batch)
		s.reads = append(s.reads, j.panels)
	}
	residual := f.residual
	if m.sum != nil {
		residual = m.sum
	}
	if residual != nil {
		j.residual = b.operand(residual, plain)
		s.reads = append(s.reads, j.residual)
		if j.residual != j.a.store && j.residual != j.panels {
			s.inPlace = []*storage{j.residual}
		}
	}
	j.place(b, shape)
	j.cut = b.cutProduct(j.rows, j.depth, j.cols)
	b.needScratch(simd.TileScratch)
	s.writes, s.parts, s.run = []*storage{j.c.store}, j.cut.parts()*product(batch), j.run
	b.add(s)
}

// copied copies a view to a place of its own.
func (b *planBuilder) copied(n *node, v view) *storage {
	s := b.newStorage(product(v.shape), v.store.ints)
	b.copyTo(n.name+" (copy)", s, v)
	return s
}

// broadcastStack repeats a stack of matrices to the batch dimensions and drops the matrices' own, which leaves rows of
// one number: where each matrix starts.
func (v view) broadcastStack(batch []int) view {
	rank := len(v.shape) - 2
	starts := view{store: v.store, offset: v.offset, shape: v.shape[:rank], strides: v.strides[:rank]}.broadcast(batch)
	starts.shape, starts.strides = append(slices.Clone(starts.shape), 1), append(starts.strides, 0)
	return starts
}

// productJob is one product of a plan.
type productJob struct {
	kernels           *simd.Kernels
	fusion            fusion
	rows, cols, depth int
	a                 view // where each matrix starts
	lda               int
	packed            *simd.Packed // B, or nil if it is computed:
	panels            *storage     // packed matrices one after the other,
	which             view         // and where the one of each batch starts
	residual          *storage     // of the result's shape, or nil
	c                 view         // where each result starts
	ldc               int
	cut               cut
}

// emitPack adds the step that packs matrices which are computed.
func (j *productJob) emitPack(b *planBuilder, n *node, m multiplier, batch []int) {
	rank := len(m.b.shape) - 2
	size := simd.PackedLen(j.depth, j.cols)
	own := m.b.shape[:rank]
	j.panels = b.newStorage(product(own)*size, false)
	each := view{store: j.panels, shape: append(slices.Clone(own), 1, 1), strides: append(rowMajor(own), 0, 0)}
	for i := range rank {
		each.strides[i] *= size
	}
	j.which = each.broadcastStack(batch)
	starts, depth, cols := m.b.broadcastStack(own), j.depth, j.cols
	rowStride, colStride := m.b.strides[rank], m.b.strides[rank+1]
	to := j.panels
	b.add(step{
		name: n.name + " (pack)", parts: product(own), reads: []*storage{m.b.store}, writes: []*storage{to},
		run: func(st *state, _, part int) {
			at, _ := starts.row(part)
			p := simd.MakePacked(st.data(to)[part*size:][:size], depth, cols)
			p.Fill(st.data(m.b.store)[at:], rowStride, colStride, m.alpha)
			setBias(p, m.bias)
		},
	})
}

// place makes the place for the result, whose dimensions may lie in another order.
func (j *productJob) place(b *planBuilder, shape []int) {
	out := j.fusion.result
	if j.fusion.order == nil {
		all := contiguous(b.result(out, plain), shape)
		j.c, j.ldc = all.broadcastStack(shape[:len(shape)-2]), j.cols
		return
	}
	store := b.newStorage(product(shape), false)
	inMemory := make([]int, len(shape))
	for i, p := range j.fusion.order {
		inMemory[i] = shape[p]
	}
	all := contiguous(store, inMemory).permute(inverse(j.fusion.order))
	b.setView(out, all)
	j.c, j.ldc = all.broadcastStack(shape[:len(shape)-2]), all.strides[len(shape)-2]
}

// run computes a part of one of the products.
func (j *productJob) run(st *state, worker, part int) {
	batch, part := part/j.cut.parts(), part%j.cut.parts()
	row, rowEnd, col, colEnd := j.cut.part(part)
	a, _ := j.a.row(batch)
	c, _ := j.c.row(batch)
	p := simd.Product{
		C: st.data(j.c.store)[c+row*j.ldc+col:], LDC: j.ldc, A: st.data(j.a.store)[a+row*j.lda:], LDA: j.lda,
		M: rowEnd - row, Bounds: j.fusion.bounds, Scratch: st.scratch(worker, simd.TileScratch),
	}
	if j.packed != nil {
		p.B = j.packed.Columns(col, colEnd)
	} else {
		at, _ := j.which.row(batch)
		p.B = simd.ViewPacked(st.data(j.panels)[at:][:simd.PackedLen(j.depth, j.cols)], j.depth, j.cols).Columns(col, colEnd)
	}
	if j.residual != nil {
		p.Residual, p.LDR = st.data(j.residual)[c+row*j.ldc+col:], j.ldc
	}
	j.kernels.Gemm(p)
	if activate := j.fusion.activate; activate != nil {
		for i := range p.M {
			line := p.C[i*j.ldc:][:colEnd-col]
			activate(j.kernels, line, line)
		}
	}
}
