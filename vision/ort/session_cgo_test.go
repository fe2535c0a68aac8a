//go:build cgo

package ort

import (
	"context"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// binding has sessions run by I/O binding, which is for cards and works on the processor as well.
type binding struct{ *Backend }

func (b binding) Open(ctx context.Context, model vision.ModelFile, opts vision.SessionOptions) (vision.Session, error) {
	s, err := b.Backend.Open(ctx, model, opts)
	if err == nil {
		s.(*session).bound = true
	}
	return s, err
}

func TestConformanceBound(t *testing.T) {
	t.Parallel()
	visiontest.RunBackend(t, func(t *testing.T) vision.Backend { return binding{newBackend(t)} })
}

// A cancelled call returns while the library is still computing: here one product takes the library longer than a call
// takes to return, and only between products can it stop. Close then waits for that.
func TestCancelledRunReturnsAtOnce(t *testing.T) {
	t.Parallel()
	const layers, width, rows = 20, 2048, 1024
	s := openModel(t, newBackend(t), writeModel(t, products(layers, width)), 1).(*session)
	in := []vision.Tensor{{Name: "x0", Shape: []int{rows, width}, Data: make([]float32, rows*width)}}
	out := []vision.Tensor{{Name: s.signature.Outputs[0].Name}}
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for len(s.gate) == 0 {
				runtime.Gosched()
			}
			time.AfterFunc(20*time.Millisecond, cancel) // some products later
		}()
		err := s.Run(ctx, in, out)
		going := len(s.gate)
		require.ErrorIs(t, err, context.Canceled)
		require.Positive(t, going, "the call waited for the library")
		in[0].Data[0]++ // the caller's again
		require.Empty(t, out[0].Data)
		s.running.Wait() // what is cancelled ends, and gives its place back
		require.Empty(t, s.gate)
	}
	require.NoError(t, s.Close())
}

func TestWaitingCalls(t *testing.T) {
	t.Parallel()
	s := openModel(t, newBackend(t, WithMaxRuns(1)), visiontest.TinyModel(t), 1).(*session)
	run := func(ctx context.Context) error {
		shape := []int{1, 3, visiontest.TinySize, visiontest.TinySize}
		in := []vision.Tensor{{Name: "image", Shape: shape, Data: formula(shape...)}}
		return s.Run(ctx, in, []vision.Tensor{{Name: "embedding"}})
	}
	s.gate <- struct{}{} // a run that goes on
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, run(ctx), context.DeadlineExceeded)

	refused := make(chan error)
	go func() { refused <- run(t.Context()) }()
	require.NoError(t, s.Close())
	require.ErrorIs(t, <-refused, ErrClosed)
}

func TestEnvironmentIsCounted(t *testing.T) {
	b := newBackend(t)
	require.Zero(t, environment.sessions)
	for range 3 {
		first := openModel(t, b, visiontest.TinyModel(t), 1)
		second := openModel(t, b, visiontest.TinyModel(t), 2)
		require.Equal(t, 2, environment.sessions)
		require.NoError(t, first.Close())
		require.NoError(t, first.Close())
		require.Equal(t, 1, environment.sessions)
		_, err := b.Open(t.Context(), writeFile(t, []byte("no model")), vision.SessionOptions{})
		require.ErrorIs(t, err, vision.ErrModel)
		require.Equal(t, 1, environment.sessions, "a failure gives back what it took")
		require.NoError(t, second.Close())
		require.Zero(t, environment.sessions)
	}
}

func TestIntegerInputs(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	for _, kind := range []onnxfile.ElemType{onnxfile.Int64, onnxfile.Int32} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			shape := onnxfile.BatchShape("N", 2)
			m := twice(value("x", kind, shape...), value("y", onnxfile.Float, shape...))
			m.Graph.Nodes = []onnxfile.Node{{Op: "Cast", Inputs: []string{"x"}, Outputs: []string{"y"},
				Attributes: []onnxfile.Attribute{onnxfile.IntAttr("to", int64(onnxfile.Float))}}}
			s := openModel(t, b, writeModel(t, m), 1)
			require.Equal(t, kind.String(), s.Signature().Inputs[0].Type)
			out := []vision.Tensor{{Name: "y"}}
			run := func(in vision.Tensor) error {
				in.Name = "x"
				return s.Run(t.Context(), []vision.Tensor{in}, out)
			}
			require.NoError(t, run(vision.Tensor{Shape: []int{2, 2}, Ints: []int64{-1, 49407, math.MinInt32, math.MaxInt32}}))
			require.Equal(t, []float32{-1, 49407, math.MinInt32, math.MaxInt32}, out[0].Data)
			large := run(vision.Tensor{Shape: []int{1, 2}, Ints: []int64{0, math.MaxInt32 + 1}})
			if kind == onnxfile.Int32 {
				require.ErrorIs(t, large, ErrTensor)
				require.ErrorContains(t, large, "2147483648")
			} else {
				require.NoError(t, large)
			}
			require.ErrorIs(t, run(vision.Tensor{Shape: []int{1, 2}, Data: []float32{1, 2}}), ErrTensor)
			require.ErrorIs(t, run(vision.Tensor{Shape: []int{1, 2}, Ints: []int64{1, 2}, Data: []float32{1, 2}}), ErrTensor)
			require.ErrorIs(t, run(vision.Tensor{Shape: []int{1, 2}, Ints: []int64{1}}), ErrTensor)
		})
	}
}

// An output of another type is listed, not computed.
func TestOtherOutputs(t *testing.T) {
	t.Parallel()
	shape := onnxfile.BatchShape("N", 3)
	m := twice(value("x", onnxfile.Float, shape...), value("y", onnxfile.Float, shape...))
	m.Graph.Nodes = append(m.Graph.Nodes, onnxfile.Node{Op: "Shape", Inputs: []string{"x"}, Outputs: []string{"size"}})
	m.Graph.Outputs = append([]onnxfile.ValueInfo{value("size", onnxfile.Int64, onnxfile.FixedShape(2)...)}, m.Graph.Outputs...)
	s := openModel(t, newBackend(t), writeModel(t, m), 1)
	require.Equal(t, "int64", s.Signature().Outputs[0].Type)
	in, out := []vision.Tensor{{Name: "x", Shape: []int{1, 3}, Data: []float32{1, 2, 3}}}, []vision.Tensor{{Name: "y"}}
	require.NoError(t, s.Run(t.Context(), in, out))
	require.Equal(t, []float32{2, 4, 6}, out[0].Data)
	require.ErrorIs(t, s.Run(t.Context(), in, []vision.Tensor{{Name: "size"}}), ErrTensor)
}

// Outputs whose shape depends on the numbers, not on shapes, cannot be written where the last ones were.
func TestOutputsThatChangeTheirShape(t *testing.T) {
	t.Parallel()
	m := twice(value("x", onnxfile.Float, onnxfile.BatchShape("N")...), value("y", onnxfile.Float, onnxfile.BatchShape("M")...))
	m.Graph.Initializers = []onnxfile.Tensor{onnxfile.FloatTensor("zero", []int{}, []float32{0})}
	m.Graph.Nodes = []onnxfile.Node{
		{Op: "Greater", Inputs: []string{"x", "zero"}, Outputs: []string{"positive"}},
		{Op: "Compress", Inputs: []string{"x", "positive"}, Outputs: []string{"y"}},
	}
	for name, b := range map[string]vision.Backend{"plain": newBackend(t), "bound": binding{newBackend(t)}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openModel(t, b, writeModel(t, m), 1)
			out := []vision.Tensor{{Name: "y"}}
			for _, c := range []struct{ in, want []float32 }{
				{[]float32{1, 2, 3}, []float32{1, 2, 3}}, {[]float32{-1, 2, 3}, []float32{2, 3}}, {[]float32{-1, -2, 3}, []float32{3}},
				{[]float32{4, 5, 6}, []float32{4, 5, 6}}, {[]float32{-4, -5, -6}, []float32{}}, {[]float32{7, 8, 9}, []float32{7, 8, 9}},
			} {
				require.NoError(t, s.Run(t.Context(), []vision.Tensor{{Name: "x", Shape: []int{3}, Data: c.in}}, out))
				require.Equal(t, []int{len(c.want)}, out[0].Shape)
				require.Equal(t, c.want, out[0].Data)
			}
		})
	}
}

// A run that needs more memory than any machine has is told from others, and does the session no harm.
func TestTooLittleMemory(t *testing.T) {
	t.Parallel()
	m := twice(value("x", onnxfile.Float, onnxfile.BatchShape("N")...), value("y", onnxfile.Float, onnxfile.FixedShape()...))
	m.Graph.Initializers = []onnxfile.Tensor{onnxfile.IntTensor("size", []int{3}, []int64{1 << 20, 1 << 20, 1})}
	m.Graph.Nodes = []onnxfile.Node{ // N times 4 TiB, of which the sum is asked for
		{Op: "Expand", Inputs: []string{"x", "size"}, Outputs: []string{"large"}},
		{Op: "ReduceSum", Inputs: []string{"large"}, Outputs: []string{"y"}, Attributes: []onnxfile.Attribute{onnxfile.IntAttr("keepdims", 0)}},
	}
	for name, opts := range map[string][]Option{"default": nil, "without arena": {WithoutArena()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openModel(t, newBackend(t, opts...), writeModel(t, m), 1)
			in := []vision.Tensor{{Name: "x", Shape: []int{256}, Data: make([]float32, 256)}}
			err := s.Run(t.Context(), in, []vision.Tensor{{Name: "y"}})
			require.ErrorIs(t, err, ErrMemory)
			var memory *MemoryError
			require.ErrorAs(t, err, &memory)
			require.NotErrorIs(t, err, ErrTensor)
		})
	}
}

func TestIdleMemoryIsBounded(t *testing.T) {
	t.Parallel()
	s := openModel(t, newBackend(t, WithMaxRuns(1)), visiontest.TinyModel(t), 1).(*session)
	out := []vision.Tensor{{Name: "embedding"}}
	for n := 1; n <= 3*maxIdle; n++ {
		shape := []int{n, 3, visiontest.TinySize, visiontest.TinySize}
		require.NoError(t, s.Run(t.Context(), []vision.Tensor{{Name: "image", Shape: shape, Data: formula(shape...)}}, out))
	}
	require.Len(t, s.idle, maxIdle)
}
