package onnx

import (
	"context"

	"github.com/soundtrack-go/sdk/internal/simd"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// planBuilder collects the steps of a plan.
type planBuilder struct {
	*graph
	threads, maxFloats int
	types              []tensorType        // by value
	stored             [][layouts]*storage // by value and layout; nil until it exists
	fusions            []fusion            // by node
	storages           []*storage
	steps              []step
	outputs            []planOutput
	arena, scratch     int
}

// layout is the order of a four-dimensional tensor's numbers. All others are plain.
type layout uint8

const (
	plain        layout = iota // as the shape says: [N, C, H, W]
	channelsLast               // [N, H, W, C]: what convolutions work on
	layouts
)

func other(l layout) layout { return 1 - l }

// infer computes the types of all values.
func (b *planBuilder) infer(ctx context.Context, shapes [][]int) error {
	for _, v := range b.values {
		if v.constant != nil {
			b.types[v.id] = constantType(v.constant)
		}
	}
	for i, v := range b.inputs {
		b.types[v.id] = tensorType{elem: onnxfile.Float, shape: shapes[i]}
	}
	for _, n := range b.nodes {
		if err := ctx.Err(); err != nil {
			return err
		}
		out, err := n.run.infer(n, b.inputTypes(n))
		if err != nil {
			return err
		}
		for i, t := range out {
			b.types[n.outputs[i].id] = t
		}
	}
	return nil
}

func (b *planBuilder) inputTypes(n *node) []tensorType {
	in := make([]tensorType, len(n.inputs))
	for i, v := range n.inputs {
		if v != nil {
			in[i] = b.types[v.id]
		}
	}
	return in
}

func (b *planBuilder) typeOf(v *value) tensorType { return b.types[v.id] }

// emit turns nodes into steps, and says where outputs lie.
func (b *planBuilder) emit(ctx context.Context, wanted uint64) error {
	for i, v := range b.inputs {
		b.stored[v.id][plain] = &storage{kind: isInput, input: i, size: b.typeOf(v).elements()}
	}
	for _, n := range b.nodes {
		if b.fusions[n.index].skip {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := n.run.emit(b, n); err != nil {
			return err
		}
	}
	for i, v := range b.graph.outputs {
		if wanted&(1<<i) == 0 {
			continue
		}
		if t := b.typeOf(v); t.elem != onnxfile.Float {
			return invalidf("output %q is %v, want float32", v.name, t.elem)
		}
		b.outputs = append(b.outputs, planOutput{index: i, store: b.operand(v, plain), shape: b.typeOf(v).shape})
	}
	for _, out := range b.outputs {
		out.store.last = len(b.steps)
	}
	return nil
}

// operand returns where a value lies in a layout, and adds a step that converts it if need be.
func (b *planBuilder) operand(v *value, l layout) *storage {
	stored := &b.stored[v.id]
	if stored[l] != nil {
		return stored[l]
	}
	shape := b.typeOf(v).shape
	if v.constant != nil && stored[plain] == nil {
		stored[plain] = &storage{kind: isConstant, numbers: v.constant.Floats, size: len(v.constant.Floats)}
	}
	from := stored[other(l)]
	switch {
	case from == nil: // l is plain, and was just set
	case sameInBoth(shape):
		stored[l] = from
	case from.kind == isConstant:
		to := &storage{kind: isConstant, numbers: make([]float32, from.size), size: from.size}
		for i := range shape[0] {
			convert(to.numbers, from.numbers, shape, l, i)
		}
		stored[l] = to
	default:
		to := b.newStorage(from.size)
		stored[l] = to
		b.add(step{
			name: v.name + " (layout)", parts: shape[0], reads: []*storage{from}, writes: []*storage{to},
			run: func(st *state, _, part int) { convert(st.data(to), st.data(from), shape, l, part) },
		})
	}
	return stored[l]
}

// result makes the place for a value in a layout.
func (b *planBuilder) result(v *value, l layout) *storage {
	s := b.newStorage(b.typeOf(v).elements())
	b.stored[v.id][l] = s
	return s
}

// newStorage makes a place in the arena, for a value or for something that steps hand on.
func (b *planBuilder) newStorage(size int) *storage {
	s := &storage{size: size, first: -1, last: -1}
	b.storages = append(b.storages, s)
	return s
}

// has reports whether a value exists in a layout already.
func (b *planBuilder) has(v *value, l layout) bool { return b.stored[v.id][l] != nil }

// add appends a step.
func (b *planBuilder) add(s step) {
	for _, w := range s.writes {
		if w.first < 0 {
			w.first = len(b.steps)
		}
		w.last = len(b.steps)
	}
	for _, r := range s.reads {
		r.last = len(b.steps)
	}
	b.steps = append(b.steps, s)
}

// needScratch makes room for n numbers for each worker.
func (b *planBuilder) needScratch(n int) { b.scratch = max(b.scratch, n) }

// cut is how a product of m rows and n columns is divided into parts.
type cut struct{ m, n, rows, cols int }

// cutProduct divides a product of depth k: rows so that they stay in cache, and columns where there are few rows, so
// that there is work for all threads and no part takes long.
func (b *planBuilder) cutProduct(m, k, n int) cut {
	const maxWork = 32 << 20 // multiply-adds: about a millisecond with vector kernels
	c := cut{m: m, n: n, rows: min(m, simd.BlockRows(k)), cols: n}
	rowParts := ceilDiv(m, c.rows)
	if b.threads > 1 && rowParts < 2*b.threads {
		share := ceilDiv(m, 2*b.threads)
		if share >= 2*simd.TileRows {
			c.rows = ceilDiv(share, simd.TileRows) * simd.TileRows
		} else {
			c.cols = ceilDiv(n, 2*b.threads)
		}
	}
	c.cols = max(1, min(c.cols, maxWork/max(1, c.rows*k)))
	c.cols = ceilDiv(c.cols, simd.PanelColumns) * simd.PanelColumns
	return c
}

func (c cut) parts() int { return ceilDiv(c.m, c.rows) * ceilDiv(c.n, c.cols) }

// part returns the first row and column of a part, and those after its last.
func (c cut) part(i int) (row, rowEnd, col, colEnd int) {
	across := ceilDiv(c.n, c.cols)
	row, col = i/across*c.rows, i%across*c.cols
	return row, min(c.m, row+c.rows), col, min(c.n, col+c.cols)
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
