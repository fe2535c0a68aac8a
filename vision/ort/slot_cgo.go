//go:build cgo

package ort

import (
	"fmt"
	"runtime"
	"slices"

	onnxruntime "github.com/yalue/onnxruntime_go"

	"github.com/soundtrack-go/sdk/vision"
)

// maxIdle is how many slots a session keeps for later runs, at least. Each is as large as the tensors of a run.
const maxIdle = 8

// slot is the memory that one run shares with the library: the tensors, kept for later runs with inputs of the same
// shapes. It is Go's memory, pinned while the library points to it.
type slot struct {
	session *session
	options *onnxruntime.RunOptions // to stop the run
	inputs  []onnxruntime.Value
	memory  []memory // of inputs
	pins    runtime.Pinner

	// outputs are nil until a run has shown their shapes.
	outputs    []onnxruntime.Value
	shapes     [][]int
	outputPins runtime.Pinner
	binding    *onnxruntime.IoBinding // nil, or with the outputs bound
}

// memory is an input's: one of the slices is used.
type memory struct {
	shape  []int
	floats []float32
	longs  []int64
	ints   []int32
}

// take returns a slot with the inputs filled in, an idle one if there is one of their shapes.
func (s *session) take(inputs []vision.Tensor) (*slot, error) {
	given := func(i int) *vision.Tensor { return &inputs[find(inputs, s.signature.Inputs[i].Name)] }
	sl := s.takeIdle(given)
	if sl == nil {
		var err error
		if sl, err = s.newSlot(given); err != nil {
			return nil, fmt.Errorf("ort: %w", err)
		}
	}
	for i := range sl.memory {
		sl.memory[i].fill(given(i))
	}
	return sl, nil
}

func (s *session) takeIdle(given func(i int) *vision.Tensor) *slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.idle) - 1; i >= 0; i-- {
		same := true
		for j, m := range s.idle[i].memory {
			same = same && slices.Equal(m.shape, given(j).Shape)
		}
		if same {
			sl := s.idle[i]
			s.idle = slices.Delete(s.idle, i, i+1)
			return sl
		}
	}
	return nil
}

// give keeps a slot for later, in place of the oldest if there are many.
func (s *session) give(sl *slot) {
	if s.resized.Load() {
		sl.forgetOutputs()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.idle) >= max(maxIdle, cap(s.gate)) {
		s.idle[0].free()
		s.idle = slices.Delete(s.idle, 0, 1)
	}
	s.idle = append(s.idle, sl)
}

func (s *session) newSlot(given func(i int) *vision.Tensor) (*slot, error) {
	sl := &slot{session: s, outputs: make([]onnxruntime.Value, len(s.computed)), shapes: make([][]int, len(s.computed))}
	var err error
	if sl.options, err = onnxruntime.NewRunOptions(); err != nil {
		return nil, err
	}
	for i, info := range s.signature.Inputs {
		if err := sl.addInput(info.Type, given(i).Shape); err != nil {
			sl.free()
			return nil, err
		}
	}
	return sl, nil
}

// addInput allocates and pins the memory of an input.
func (sl *slot) addInput(kind string, shape []int) error {
	m := memory{shape: slices.Clone(shape)}
	n := 1
	dims := make(onnxruntime.Shape, len(shape))
	for i, d := range shape {
		n *= d
		dims[i] = int64(d)
	}
	var value onnxruntime.Value
	var err error
	switch kind {
	case "float32":
		m.floats = make([]float32, n)
		sl.pins.Pin(&m.floats[0])
		value, err = onnxruntime.NewTensor(dims, m.floats)
	case "int64":
		m.longs = make([]int64, n)
		sl.pins.Pin(&m.longs[0])
		value, err = onnxruntime.NewTensor(dims, m.longs)
	default: // checkTypes left int32
		m.ints = make([]int32, n)
		sl.pins.Pin(&m.ints[0])
		value, err = onnxruntime.NewTensor(dims, m.ints)
	}
	if err == nil {
		sl.inputs, sl.memory = append(sl.inputs, value), append(sl.memory, m)
	}
	return err
}

// fill copies the caller's numbers, which were checked.
func (m *memory) fill(t *vision.Tensor) {
	copy(m.floats, t.Data)
	copy(m.longs, t.Ints)
	for i := range m.ints {
		m.ints[i] = int32(t.Ints[i])
	}
}

// copyOut copies an output to the caller's tensor, whose memory is used if it suffices.
func (sl *slot) copyOut(t *vision.Tensor) {
	i := slices.IndexFunc(sl.session.computed, func(o vision.TensorInfo) bool { return o.Name == t.Name })
	t.Shape = append(t.Shape[:0], sl.shapes[i]...)
	t.Data = append(t.Data[:0], sl.outputs[i].(*onnxruntime.Tensor[float32]).GetData()...)
}

// keepOutputs makes what the library allocated the memory of later runs.
func (sl *slot) keepOutputs() error {
	for i, out := range sl.outputs {
		tensor, ok := out.(*onnxruntime.Tensor[float32])
		if !ok {
			return fmt.Errorf("ort: output %q is not what the file says", sl.session.computed[i].Name)
		}
		if data := tensor.GetData(); len(data) > 0 {
			sl.outputPins.Pin(&data[0])
		}
		sl.shapes[i] = sl.shapes[i][:0]
		for _, d := range tensor.GetShape() {
			sl.shapes[i] = append(sl.shapes[i], int(d))
		}
	}
	return nil
}

// forgetOutputs has the next run allocate the outputs anew.
func (sl *slot) forgetOutputs() {
	if sl.binding != nil {
		_ = sl.binding.Destroy() // never fails, here and below
		sl.binding = nil
	}
	for i, out := range sl.outputs {
		if out != nil {
			_ = out.Destroy()
			sl.outputs[i] = nil
		}
	}
	sl.outputPins.Unpin()
}

// free frees a slot that no run uses.
func (sl *slot) free() {
	sl.forgetOutputs()
	for _, in := range sl.inputs {
		_ = in.Destroy()
	}
	_ = sl.options.Destroy()
	sl.pins.Unpin()
}
