package onnx

import (
	"context"
	"slices"
	"sync"
)

// plan is everything that a run with certain input shapes and outputs does. It is immutable and shared by all runs.
type plan struct {
	shapes  [][]int // of the graph's inputs
	wanted  uint64  // bit i: graph output i
	steps   []step
	outputs []planOutput
	arena   int // float32 numbers of all intermediate tensors
	ints    int // int64 numbers of all intermediate tensors
	scratch int // float32 numbers that each worker has to itself
	threads int
	states  sync.Pool // of *state
}

// planOutput is where a graph output lies when all steps are done.
type planOutput struct {
	index int
	store *storage
	shape []int
}

// step is the work of one node, or of one and those that were fused with it. It is cut into parts, which may run at the
// same time, are short enough to look at the context between them, and write to different places.
type step struct {
	name  string // of the node, for profiles
	parts int
	run   func(st *state, worker, part int)
	// reads and writes say which tensors must be in memory.
	reads, writes []*storage
	// inPlace lists tensors of reads over which writes[0] may be written if nothing needs them later: element i of the
	// result depends on element i of these.
	inPlace []*storage
}

// storage is the place of a tensor during a run. Values that are views of each other share one.
type storage struct {
	kind    storageKind
	ints    bool      // the numbers are int64, in an arena of their own
	size    int       // numbers
	numbers []float32 // of a constant
	wholes  []int64   // of a constant, if ints
	input   int       // index of a graph input
	offset  int       // in the arena
	first   int       // step that writes it
	last    int       // last step that reads it
}

type storageKind uint8

const (
	inArena storageKind = iota
	isConstant
	isInput
)

// newPlan makes the plan for these input shapes. Its errors are those of operators, or of maxFloats, the bound for the
// memory of a run.
func newPlan(ctx context.Context, g *graph, shapes [][]int, wanted uint64, threads, maxFloats int) (*plan, error) {
	b := newPlanBuilder(g, threads, maxFloats)
	for _, stage := range []func() error{
		func() error { return b.infer(ctx, shapes) },
		func() error { return b.fuse(wanted) },
		func() error { return b.emit(ctx, wanted) },
		b.place,
	} {
		if err := stage(); err != nil {
			return nil, err
		}
	}
	p := b.plan(wanted)
	for _, shape := range shapes {
		p.shapes = append(p.shapes, slices.Clone(shape))
	}
	p.states.New = func() any { return newState(p) }
	return p, nil
}

// plan is what has been built.
func (b *planBuilder) plan(wanted uint64) *plan {
	return &plan{
		wanted: wanted, steps: b.steps, outputs: b.outputs, arena: b.arena, ints: b.ints, scratch: b.scratch,
		threads: b.threads,
	}
}
