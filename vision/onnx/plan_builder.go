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
	views              []view              // by value; without a store until it exists
	fusions            []fusion            // by node
	storages           []*storage
	steps              []step
	outputs            []planOutput
	arena, ints        int // numbers
	scratch            int
	folded             int // numbers that were computed while planning
}

func newPlanBuilder(g *graph, threads, maxFloats int) *planBuilder {
	return &planBuilder{
		graph: g, threads: threads, maxFloats: maxFloats, types: make([]tensorType, len(g.values)),
		stored: make([][layouts]*storage, len(g.values)), views: make([]view, len(g.values)),
	}
}

// layout is how the numbers of a tensor lie in memory.
type layout uint8

const (
	plain        layout = iota // float32 in the order of the shape; of an integer type only in quantised models
	channelsLast               // float32, [N, H, W, C] for the shape [N, C, H, W]: what convolutions work on
	whole                      // int64 in the order of the shape: integer types and bool
	layouts
)

// natural is the layout of values that nobody asked to be in another one.
func (t tensorType) natural() layout {
	if t.whole() {
		return whole
	}
	return plain
}

// infer computes the types of all values.
func (b *planBuilder) infer(ctx context.Context, shapes [][]int) error {
	for _, v := range b.values {
		if v.constant != nil {
			b.types[v.id] = constantType(v.constant)
			if !v.keep {
				b.types[v.id].known = nil
			}
		}
	}
	for i, v := range b.inputs {
		b.types[v.id] = tensorType{elem: b.inputInfo[i].Type, shape: shapes[i]}
	}
	for _, n := range b.nodes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.inferNode(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// inferNode computes the types of a node's outputs, and their numbers if those of the inputs are known.
func (b *planBuilder) inferNode(ctx context.Context, n *node) error {
	in := b.inputTypes(n)
	out, err := n.run.infer(n, in)
	if err != nil {
		return err
	}
	fold := true
	for i, v := range n.inputs {
		fold = fold && (v == nil || in[i].known != nil)
	}
	for i, v := range n.outputs {
		if v == nil {
			continue
		}
		b.types[v.id] = out[i]
		fold = fold && out[i].known == nil
	}
	if fold {
		return b.evaluate(ctx, n)
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
		t := b.typeOf(v)
		b.stored[v.id][t.natural()] = &storage{kind: isInput, input: i, ints: t.whole(), size: t.elements()}
	}
	for _, n := range b.nodes {
		if b.fusions[n.index].skip {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.emitNode(n); err != nil {
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

// emitNode adds the steps of one node.
func (b *planBuilder) emitNode(n *node) error {
	if a := b.fusion(n).attention; a != nil {
		return b.emitAttention(n, a)
	}
	return n.run.emit(b, n)
}

// result makes the place for a value in a layout.
func (b *planBuilder) result(v *value, l layout) *storage {
	s := b.newStorage(b.typeOf(v).elements(), l == whole)
	b.stored[v.id][l] = s
	return s
}

// newStorage makes a place in the arena, for a value or for something that steps hand on.
func (b *planBuilder) newStorage(size int, ints bool) *storage {
	s := &storage{size: size, ints: ints, first: -1, last: -1}
	b.storages = append(b.storages, s)
	return s
}

// has reports whether a value exists in a layout already.
func (b *planBuilder) has(v *value, l layout) bool { return b.stored[v.id][l] != nil }

// add appends a step, unless there is nothing to do.
func (b *planBuilder) add(s step) {
	if s.parts == 0 {
		return
	}
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

// cutProduct divides a product of depth k: rows so that they stay in cache, and columns where there are fewer rows, so
// that there is work for all threads and no part takes long.
func (b *planBuilder) cutProduct(m, k, n int) cut {
	const maxWork = 32 << 20 // multiply-adds: about a millisecond with vector kernels
	c := cut{m: m, n: n, rows: min(m, simd.BlockRows(k)), cols: n}
	rowParts := ceilDiv(m, c.rows)
	if b.threads > 1 && rowParts < 2*b.threads {
		share := ceilDiv(m, 2*b.threads)
		if m >= n && share >= 2*simd.TileRows {
			c.rows = ceilDiv(share, simd.TileRows) * simd.TileRows
		} else { // each number of B is read once
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
