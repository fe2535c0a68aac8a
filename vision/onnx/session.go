package onnx

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

const (
	maxThreads = 256
	maxPlans   = 8 // kept; further input shapes push the oldest out
)

// session is a loaded model.
type session struct {
	signature vision.Signature
	info      vision.SessionInfo
	threads   int
	maxFloats int

	running sync.RWMutex // held by runs for reading, by Close for writing
	graph   *graph       // nil once closed

	mu    sync.Mutex
	plans []*plan // newest last
}

var _ vision.Session = (*session)(nil)

func newSession(ctx context.Context, b *Backend, m *onnxfile.Model, threads int) (*session, error) {
	maxFloats := int(min(b.maxRunBytes/4, math.MaxInt/8))
	g, err := buildGraph(ctx, m, b.kernels, maxFloats)
	if err != nil {
		return nil, err
	}
	s := &session{
		graph: g, info: vision.SessionInfo{Backend: "pure Go (" + b.Kernels() + ")", Device: "CPU"},
		threads: threads, maxFloats: maxFloats,
		signature: vision.Signature{Inputs: describe(g.inputInfo), Outputs: describe(g.outputInfo)},
	}
	for i, info := range g.inputInfo {
		switch info.Type {
		case onnxfile.Float, onnxfile.Int64, onnxfile.Int32:
		default:
			return nil, &UnsupportedError{
				Node: info.Name, Op: "input", Reason: info.Type.String() + " is not supported, want float32, int64 or int32",
			}
		}
		if info.Shape == nil || slices.ContainsFunc(info.Shape, func(d onnxfile.Dim) bool { return d.Size == 0 }) {
			return nil, invalidf("input %q: shape %v", info.Name, s.signature.Inputs[i].Shape)
		}
	}
	for i, info := range g.outputInfo {
		switch info.Type {
		case onnxfile.Undefined:
			s.signature.Outputs[i].Type = onnxfile.Float.String() // all that we compute
		case onnxfile.Float:
		default:
			return nil, invalidf("output %q: the graph computes float32, the file says %v", info.Name, info.Type)
		}
	}
	return s, s.try(ctx)
}

// try plans a run of one picture, so that a graph that can never run is refused when it is opened. Where sizes other
// than that of the batch are free there is nothing to try.
func (s *session) try(ctx context.Context) error {
	shapes := make([][]int, len(s.signature.Inputs))
	for i, info := range s.signature.Inputs {
		shapes[i] = slices.Clone(info.Shape)
		for axis, d := range shapes[i] {
			if d < 0 && axis > 0 {
				return nil
			}
			shapes[i][axis] = max(1, d)
		}
	}
	all := uint64(1)<<len(s.graph.outputs) - 1 // of 64 outputs the shift gives 0, and so all bits
	p, err := s.plan(ctx, shapes, all)
	if err != nil {
		return err
	}
	for _, out := range p.outputs {
		said := s.signature.Outputs[out.index]
		if said.Shape != nil && !fits(said.Shape, out.shape) {
			return invalidf("output %q: the graph computes shape %v, the file says %v", said.Name, out.shape, said.Shape)
		}
	}
	return nil
}

// fits reports whether a shape is one of those that want allows, where -1 is free.
func fits(want, shape []int) bool {
	return slices.EqualFunc(want, shape, func(w, d int) bool { return w < 0 || w == d })
}

func describe(infos []onnxfile.ValueInfo) []vision.TensorInfo {
	out := make([]vision.TensorInfo, len(infos))
	for i, info := range infos {
		out[i] = vision.TensorInfo{Name: info.Name, Type: info.Type.String()}
		if info.Shape == nil {
			continue
		}
		out[i].Shape = make([]int, len(info.Shape))
		for j, d := range info.Shape {
			out[i].Shape[j] = d.Size
		}
	}
	return out
}

// Signature returns a copy of what the file says.
func (s *session) Signature() vision.Signature { return s.signature.Clone() }

// Info names the kernels.
func (s *session) Info() vision.SessionInfo { return s.info }

// Close waits for running calls and frees the model.
func (s *session) Close() error {
	s.running.Lock()
	defer s.running.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.graph, s.plans = nil, nil
	return nil
}

// Run executes the graph. Inputs must be all inputs of the model, each with a shape that fits its signature; outputs
// may be any of its outputs, and only what they need is computed. Inputs are read during the call only.
// Errors match [ErrTensor], also for numbers that lead nowhere such as a token beyond the table, [ErrClosed],
// [vision.ErrUnsupported] for shapes that an operator cannot do, or the context's error, which is looked at about every
// millisecond.
func (s *session) Run(ctx context.Context, inputs, outputs []vision.Tensor) error {
	s.running.RLock()
	defer s.running.RUnlock()
	if s.graph == nil {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	p, err := s.planFor(ctx, inputs, outputs)
	if err != nil {
		return err
	}
	st := p.states.Get().(*state)
	defer p.states.Put(st)
	for i, info := range s.signature.Inputs {
		in := &inputs[find(inputs, info.Name)]
		st.inputs[i] = stateInput{floats: in.Data, ints: in.Ints}
	}
	err = st.execute(ctx)
	if err == nil {
		for i := range outputs {
			st.copyOut(&outputs[i], s.signature.Outputs)
		}
	}
	clear(st.inputs) // the caller's memory is not kept
	if err != nil {
		return ofTensors(err)
	}
	return nil
}

// ofTensors makes an error about the graph one about the tensors that did not suit it.
func ofTensors(err error) error {
	if reason := invalid(""); errors.As(err, &reason) {
		return fmt.Errorf("%w: %s", ErrTensor, string(reason))
	}
	return err
}

// find returns the index of the tensor of that name, or -1.
func find(tensors []vision.Tensor, name string) int {
	for i := range tensors {
		if tensors[i].Name == name {
			return i
		}
	}
	return -1
}

// planFor checks the tensors of a run and returns its plan.
func (s *session) planFor(ctx context.Context, inputs, outputs []vision.Tensor) (*plan, error) {
	if len(inputs) != len(s.signature.Inputs) {
		return nil, fmt.Errorf("%w: %d inputs, want %d", ErrTensor, len(inputs), len(s.signature.Inputs))
	}
	var wanted uint64
	for i := range outputs {
		index := slices.IndexFunc(s.signature.Outputs, func(info vision.TensorInfo) bool { return info.Name == outputs[i].Name })
		if index < 0 {
			return nil, &TensorError{Name: outputs[i].Name, Reason: "the model has no such output"}
		}
		wanted |= 1 << index
	}
	for _, info := range s.signature.Inputs {
		i := find(inputs, info.Name)
		if i < 0 {
			return nil, &TensorError{Name: info.Name, Reason: "input is missing"}
		}
		if err := checkInput(&inputs[i], info); err != nil {
			return nil, err
		}
	}
	if p := s.known(inputs, wanted); p != nil {
		return p, nil
	}
	shapes := make([][]int, len(inputs))
	for i, info := range s.signature.Inputs {
		shapes[i] = slices.Clone(inputs[find(inputs, info.Name)].Shape) // the plan keeps it
	}
	p, err := s.plan(ctx, shapes, wanted)
	if reason := invalid(""); errors.As(err, &reason) {
		return nil, fmt.Errorf("%w: input shapes %v: %s", ErrTensor, shapes, string(reason))
	}
	return p, err
}

func checkInput(t *vision.Tensor, info vision.TensorInfo) error {
	if !fits(info.Shape, t.Shape) || slices.ContainsFunc(t.Shape, func(d int) bool { return d < 1 }) {
		return &TensorError{Name: t.Name, Reason: fmt.Sprintf("shape %v, want %v with all sizes positive", t.Shape, info.Shape)}
	}
	given := len(t.Data)
	if info.Type != onnxfile.Float.String() {
		given = len(t.Ints)
	}
	if n, err := onnxfile.Elements(t.Shape); err != nil || n != given || len(t.Data)+len(t.Ints) != given {
		return &TensorError{Name: t.Name, Reason: fmt.Sprintf("%d numbers in Data and %d in Ints for %s of shape %v",
			len(t.Data), len(t.Ints), info.Type, t.Shape)}
	}
	if info.Type != onnxfile.Int32.String() {
		return nil
	}
	for _, v := range t.Ints {
		if v != int64(int32(v)) {
			return &TensorError{Name: t.Name, Reason: fmt.Sprintf("%d is no int32", v)}
		}
	}
	return nil
}

// known returns the plan for these inputs, or nil. It does not allocate.
func (s *session) known(inputs []vision.Tensor, wanted uint64) *plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.plans {
		same := p.wanted == wanted
		for i, info := range s.signature.Inputs {
			same = same && slices.Equal(p.shapes[i], inputs[find(inputs, info.Name)].Shape)
		}
		if same {
			return p
		}
	}
	return nil
}

// plan makes and remembers a plan. Two callers may make the same one at the same time; one of them is forgotten.
func (s *session) plan(ctx context.Context, shapes [][]int, wanted uint64) (*plan, error) {
	p, err := newPlan(ctx, s.graph, shapes, wanted, s.threads, s.maxFloats)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.plans) == maxPlans {
		s.plans = slices.Delete(s.plans, 0, 1)
	}
	s.plans = append(s.plans, p)
	return p, nil
}
