package onnx

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/soundtrack-go/sdk/vision"
)

// state is the memory of one run. Runs take one from their plan's pool, and have it to themselves.
type state struct {
	plan   *plan
	arena  []float32
	whole  []int64      // the arena of integers
	inputs []stateInput // the caller's, during a run
	failed atomic.Pointer[error]

	// next is the part of the current step that a worker takes next.
	next atomic.Int64
	// wake hands the current step to the helpers, of which there are threads-1; nil sends them home.
	wake chan *step
	done sync.WaitGroup
}

func newState(p *plan) *state {
	return &state{
		plan: p, arena: make([]float32, p.arena+p.scratch*p.threads), whole: make([]int64, p.ints),
		inputs: make([]stateInput, len(p.shapes)), wake: make(chan *step, p.threads),
	}
}

// stateInput is what the caller gave: one of both.
type stateInput struct {
	floats []float32
	ints   []int64
}

// data returns the numbers of a tensor.
func (st *state) data(s *storage) []float32 {
	switch s.kind {
	case isConstant:
		return s.numbers
	case isInput:
		return st.inputs[s.input].floats
	}
	return st.arena[s.offset : s.offset+s.size]
}

// ints returns the numbers of a tensor of whole ones.
func (st *state) ints(s *storage) []int64 {
	switch s.kind {
	case isConstant:
		return s.wholes
	case isInput:
		return st.inputs[s.input].ints
	}
	return st.whole[s.offset : s.offset+s.size]
}

// fail ends the run after the current step, because of the numbers that it met. The first error counts.
func (st *state) fail(err error) { st.failed.CompareAndSwap(nil, &err) }

// scratch returns n numbers that a worker may use during a part.
func (st *state) scratch(worker, n int) []float32 {
	return st.arena[st.plan.arena+worker*st.plan.scratch:][:n]
}

// execute runs all steps. Results do not depend on the number of threads: parts are whole rows and columns of results.
func (st *state) execute(ctx context.Context) error {
	st.failed.Store(nil)
	helpers := st.plan.threads - 1
	for worker := range helpers {
		go st.help(ctx, worker+1)
	}
	defer st.sendHome(helpers)
	for i := range st.plan.steps {
		s := &st.plan.steps[i]
		st.next.Store(0)
		n := min(helpers, s.parts-1)
		st.done.Add(n)
		for range n {
			st.wake <- s
		}
		st.work(ctx, s, 0)
		st.done.Wait()
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := st.failed.Load(); err != nil {
			return *err
		}
	}
	return nil
}

// sendHome ends the helpers and waits for them, since the next run on this state starts its own.
func (st *state) sendHome(helpers int) {
	st.done.Add(helpers)
	for range helpers {
		st.wake <- nil
	}
	st.done.Wait()
}

// help works on the steps that it is given until it is sent home.
func (st *state) help(ctx context.Context, worker int) {
	for home := false; !home; st.done.Done() {
		s := <-st.wake
		if home = s == nil; !home {
			st.work(ctx, s, worker)
		}
	}
}

// work takes parts of a step until there are none.
func (st *state) work(ctx context.Context, s *step, worker int) {
	for ctx.Err() == nil {
		part := int(st.next.Add(1)) - 1
		if part >= s.parts {
			return
		}
		s.run(st, worker, part)
	}
}

// copyOut copies an output to the caller's tensor, whose memory is used if it suffices.
func (st *state) copyOut(t *vision.Tensor, infos []vision.TensorInfo) {
	for _, out := range st.plan.outputs {
		if infos[out.index].Name == t.Name {
			t.Shape = append(t.Shape[:0], out.shape...)
			t.Data = append(t.Data[:0], st.data(out.store)...)
			return
		}
	}
}
