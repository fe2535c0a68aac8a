package onnx

import "slices"

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
	if !b.masksFit(a.masks, count) || !b.queriesFit(n, m, a) {
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

// queriesFit reports whether queries and keys are told by their number, or repeat as the product of scores says.
func (b *planBuilder) queriesFit(n, scores *node, a *attention) bool {
	out, own := b.typeOf(n.outputs[0]).shape, b.typeOf(scores.outputs[0]).shape
	if slices.Equal(out[:len(out)-2], own[:len(own)-2]) {
		return true
	}
	count := b.matrixCount(n.outputs[0])
	return b.matrixCount(a.q.value) == count && b.matrixCount(a.k.value) == count
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

// overRows reports whether rows of the last dimension are normalised.
func (o softmax) overRows(rank int) bool { return o.axis == -1 || o.axis == int64(rank)-1 }
