package onnx

import (
	"slices"

	"github.com/soundtrack-go/sdk/internal/simd"
)

// attention is what precedes the last product of
//
//	softmax(scale · Q·Kᵀ + masks) · V
//
// found in a plan, with the scale wherever an export puts it. One step does all of it, head by head, so that the
// scores of a head stay in cache, and reads Q, K and V where the projections have left them.
//
// Old exports fold the heads into the batch and unfold them for the mask. That only renames the matrices, whose order
// stays, so it is passed over.
type attention struct {
	q, k, v stackOf
	scale   float32
	masks   []mask
	zeroNaN bool // rows that are masked completely count as 0
}

// stackOf is a value as a stack of matrices, or of their transposes.
type stackOf struct {
	*value
	swapped bool
}

// mask is added to the scores, to whose shape it repeats.
type mask struct {
	*value
	scores []int
}

// matchAttention looks for the operators before n, if that may be the last product of an attention.
func (b *planBuilder) matchAttention(n *node, users [][]*node, isOutput []bool) {
	if b.fusions[n.index].skip || !isStack(n) {
		return
	}
	a, inner := &attention{scale: 1}, []*node{}
	// only returns the node that computes v if nobody else needs it
	only := func(v *value) *node {
		if v.producer == nil || b.typeOf(v).known != nil || isOutput[v.id] || len(users[v.id]) != 1 {
			return nil
		}
		return v.producer
	}
	weights := n.inputs[0]
	if w := only(weights); w != nil && w.op == "Where" {
		weights, inner, a.zeroNaN = b.withoutNaN(w, users, isOutput)
	}
	weights, inner = b.through(weights, only, inner)
	m := weights.producer
	if m == nil || !a.zeroNaN && only(weights) == nil {
		return
	}
	if s, ok := m.run.(softmax); !ok || !s.overRows(len(b.typeOf(weights).shape)) {
		return
	}
	inner = append(inner, m)
	at, inner := b.through(m.inputs[0], only, inner)
	for m = only(at); m != nil && m.op == "Add"; m = only(at) {
		scores := b.typeOf(at).shape
		inner = append(inner, m)
		if at = b.operandOfShape(m, scores); at == nil {
			return
		}
		a.masks = append(a.masks, mask{otherInput(m, at), scores})
		at, inner = b.through(at, only, inner)
	}
	at, inner = b.unscale(at, only, &a.scale, inner)
	if m = only(at); m == nil || !isStack(m) {
		return
	}
	inner = append(inner, m)
	for _, v := range []*value{m.inputs[0], m.inputs[1], n.inputs[1]} {
		if len(b.typeOf(v).shape) < 2 {
			return
		}
	}
	count := b.matrixCount(n.outputs[0])
	a.q, inner = b.unfold(m.inputs[0], count, only, &a.scale, inner)
	a.k, inner = b.unfold(m.inputs[1], count, only, &a.scale, inner)
	one := float32(1)
	if a.v, inner = b.unfold(n.inputs[1], count, only, &one, inner); one != 1 {
		return // values are not scaled
	}
	if !b.masksFit(a.masks, count) {
		return
	}
	for _, m := range inner {
		b.fusions[m.index].skip = true
	}
	b.fusions[n.index].attention = a
}

// keepsMatrices reports whether a node gives only the dimensions before the last two another shape.
func (b *planBuilder) keepsMatrices(n *node) bool {
	from, to := b.typeOf(n.inputs[0]).shape, b.typeOf(n.outputs[0]).shape
	return n.op == "Reshape" && len(from) >= 2 && len(to) >= 2 && slices.Equal(from[len(from)-2:], to[len(to)-2:])
}

// matrixCount returns how many matrices a value is.
func (b *planBuilder) matrixCount(v *value) int {
	shape := b.typeOf(v).shape
	return product(shape[:len(shape)-2])
}

// unfold follows a stack of matrices back to where it was made, if there are as many of them as in the batch.
func (b *planBuilder) unfold(
	v *value, count int, only func(*value) *node, scale *float32, inner []*node,
) (stackOf, []*node) {
	s := stackOf{value: v}
	for {
		s.value, inner = b.unscale(s.value, only, scale, inner)
		m := only(s.value)
		switch {
		case m == nil:
			return s, inner
		case b.keepsMatrices(m) && b.matrixCount(m.inputs[0]) == count:
		case m.op == "Transpose" && swapsLast(m.run.(transposed).order(len(b.typeOf(s.value).shape))):
			s.swapped = !s.swapped
		default:
			return s, inner
		}
		s.value, inner = m.inputs[0], append(inner, m)
	}
}

// swapsLast reports whether a permutation only exchanges the last two dimensions.
func swapsLast(perm []int) bool {
	last := len(perm) - 1
	if last < 1 || perm[last] != last-1 || perm[last-1] != last {
		return false
	}
	for i, p := range perm[:last-1] {
		if p != i {
			return false
		}
	}
	return true
}

// through follows operators that change nothing in the matrices.
func (b *planBuilder) through(v *value, only func(*value) *node, inner []*node) (*value, []*node) {
	for m := only(v); m != nil; m = only(v) {
		switch {
		case m.op == "Identity" || m.op == "Dropout" || b.keepsMatrices(m):
		case m.op == "Cast" && b.typeOf(m.inputs[0]).elem == b.typeOf(v).elem:
		default:
			return v, inner
		}
		v, inner = m.inputs[0], append(inner, m)
	}
	return v, inner
}

// withoutNaN recognises Where(IsNaN(x), 0, x), where nothing else needs x, and returns x.
func (b *planBuilder) withoutNaN(w *node, users [][]*node, isOutput []bool) (x *value, inner []*node, ok bool) {
	x, test := w.inputs[2], w.inputs[0].producer
	zero, isNumber := b.typeOf(w.inputs[1]).number()
	if test == nil || test.op != "IsNaN" || test.inputs[0] != x || !isNumber || zero != 0 ||
		len(users[x.id]) != 2 || isOutput[x.id] || len(users[test.outputs[0].id]) != 1 || isOutput[test.outputs[0].id] {
		return w.outputs[0], nil, false
	}
	return x, []*node{w, test}, true
}

// masksFit reports whether a row of each mask is told by the number of the row of scores.
func (b *planBuilder) masksFit(masks []mask, count int) bool {
	return !slices.ContainsFunc(masks, func(m mask) bool {
		return product(m.scores[:len(m.scores)-2]) != count
	})
}

// isStack reports whether a node is a product of computed matrices.
func isStack(n *node) bool {
	m, ok := n.run.(*matMul)
	return ok && m.packed == nil
}

func otherInput(n *node, v *value) *value {
	if n.inputs[0] == v {
		return n.inputs[1]
	}
	return n.inputs[0]
}

// operandOfShape returns the computed operand of a sum that has that shape: scores rather than a mask.
func (b *planBuilder) operandOfShape(n *node, shape []int) *value {
	for _, v := range n.inputs {
		if t := b.typeOf(v); t.known == nil && equalShapes(t.shape, shape) && scoresLike(v) {
			return v
		}
	}
	return nil
}

// scoresLike reports whether a value is computed by what attention consists of.
func scoresLike(v *value) bool {
	return v.producer != nil && slices.Contains([]string{"MatMul", "Mul", "Div", "Add", "Reshape"}, v.producer.op)
}

// unscale follows products with and quotients by a known number back to what is scaled.
func (b *planBuilder) unscale(v *value, only func(*value) *node, scale *float32, inner []*node) (*value, []*node) {
	for m := only(v); m != nil && (m.op == "Mul" || m.op == "Div"); m = only(v) {
		factor, ok := b.typeOf(m.inputs[1]).number()
		from := m.inputs[0]
		if !ok && m.op == "Mul" {
			factor, ok = b.typeOf(m.inputs[0]).number()
			from = m.inputs[1]
		}
		if !ok || !equalShapes(b.typeOf(from).shape, b.typeOf(v).shape) {
			break
		}
		if m.op == "Div" {
			factor = 1 / factor
		}
		*scale *= factor
		v, inner = from, append(inner, m)
	}
	return v, inner
}

// emitAttention adds the step of an attention whose last product is n.
func (b *planBuilder) emitAttention(n *node, a *attention) error {
	shape := b.typeOf(n.outputs[0]).shape
	batch := shape[:len(shape)-2]
	q, k, v := b.matricesOf(a.q), b.matricesOf(a.k), b.matricesOf(a.v)
	j := attentionJob{
		attention: a, kernels: b.kernels, bounds: b.fusion(n).bounds,
		rows: sizeFromEnd(shape, 2), keys: sizeFromEnd(v.shape, 2), depth: lastSize(q.shape), cols: lastSize(shape),
	}
	if last := len(q.shape) - 1; q.strides[last] != 1 || q.strides[last-1] < j.depth {
		q = contiguous(b.copied(n, q), q.shape)
	}
	j.lda = q.strides[len(q.shape)-2]
	j.kStrides, j.vStrides = [2]int(k.strides[len(k.shape)-2:]), [2]int(v.strides[len(v.shape)-2:])
	j.q, j.k, j.v = q.starts(batch), k.starts(batch), v.starts(batch)
	s := step{name: n.name + " (attention)", reads: []*storage{q.store, k.store, v.store}, parts: product(batch)}
	for _, m := range a.masks {
		w := b.view(m.value).broadcast(m.scores)
		j.maskViews, s.reads = append(j.maskViews, w), append(s.reads, w.store)
	}
	place := productJob{fusion: b.fusion(n), cols: j.cols}
	place.place(b, shape)
	j.c, j.ldc = place.c, place.ldc
	j.block = min(j.rows, max(simd.TileRows, simd.BlockRows(j.keys)))
	for i, size := range []int{simd.PackedLen(j.depth, j.keys), simd.PackedLen(j.keys, j.cols), j.block * j.keys, simd.TileScratch} {
		j.parts[i+1] = j.parts[i] + (size+align-1)/align*align
		j.sizes[i] = size
	}
	b.needScratch(j.parts[4])
	s.writes, s.run = []*storage{j.c.store}, j.run
	b.add(s)
	return nil
}

// matricesOf returns where matrices lie.
func (b *planBuilder) matricesOf(s stackOf) view {
	w := b.view(s.value)
	if s.swapped {
		perm := make([]int, len(w.shape))
		for i := range perm {
			perm[i] = i
		}
		last := len(perm) - 1
		perm[last], perm[last-1] = last-1, last
		w = w.permute(perm)
	}
	return w
}

// starts returns where each of a stack of matrices starts. If there are as many as in the batch, they are in its order,
// whatever the dimensions are; fewer repeat.
func (v view) starts(batch []int) view {
	if own := v.shape[:len(v.shape)-2]; product(own) == product(batch) {
		batch = own
	}
	return v.broadcastStack(batch)
}

// attentionJob is an attention of a plan. Each part of the step is one head of one input.
type attentionJob struct {
	*attention
	kernels                 *simd.Kernels
	bounds                  simd.Bounds
	rows, keys, depth, cols int
	q, k, v, c              view // where the matrices of each head start
	lda, ldc                int
	kStrides, vStrides      [2]int
	maskViews               []view // [batch…, rows, keys]
	block                   int    // rows that are computed at a time
	parts                   [5]int // of the scratch memory: Kᵀ, V, scores, tile
	sizes                   [4]int
}

func (j *attentionJob) run(st *state, worker, part int) {
	scratch := st.scratch(worker, j.parts[4])
	piece := func(i int) []float32 { return scratch[j.parts[i]:][:j.sizes[i]] }
	q, _ := j.q.row(part)
	k, _ := j.k.row(part)
	v, _ := j.v.row(part)
	c, _ := j.c.row(part)
	keys, values := simd.MakePacked(piece(0), j.depth, j.keys), simd.MakePacked(piece(1), j.keys, j.cols)
	keys.Fill(st.data(j.k.store)[k:], j.kStrides[0], j.kStrides[1], j.scale)
	values.Fill(st.data(j.v.store)[v:], j.vStrides[0], j.vStrides[1], 1)
	scores, tile := piece(2), piece(3)
	for row := 0; row < j.rows; row += j.block {
		n := min(j.block, j.rows-row)
		j.kernels.Gemm(simd.Product{
			C: scores, LDC: j.keys, A: st.data(j.q.store)[q+row*j.lda:], LDA: j.lda, M: n, B: keys,
			Bounds: simd.Unbounded(), Scratch: tile,
		})
		for i := range n {
			line := scores[i*j.keys:][:j.keys]
			for _, m := range j.maskViews {
				j.addMask(line, st.data(m.store), m, part*j.rows+row+i)
			}
			j.kernels.Softmax(line, line, 1)
			if j.zeroNaN && line[0] != line[0] {
				clear(line)
			}
		}
		j.kernels.Gemm(simd.Product{
			C: st.data(j.c.store)[c+row*j.ldc:], LDC: j.ldc, A: scores, LDA: j.keys, M: n, B: values,
			Bounds: j.bounds, Scratch: tile,
		})
	}
}

// addMask adds a row of a mask to a row of scores.
func (j *attentionJob) addMask(line, mask []float32, m view, row int) {
	at, stride := m.row(row)
	if stride == 1 {
		j.kernels.AddClip(line, line, mask[at:][:len(line)], simd.Unbounded())
		return
	}
	for i := range line {
		line[i] += mask[at+i*stride]
	}
}

// overRows reports whether rows of the last dimension are normalised.
func (o softmax) overRows(rank int) bool { return o.axis == -1 || o.axis == int64(rank)-1 }
