package onnx

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/soundtrack-go/sdk/vision"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func run(t testing.TB, s vision.Session, in vision.Tensor) []vision.Tensor {
	t.Helper()
	out := liteOutputs()
	require.NoError(t, s.Run(t.Context(), []vision.Tensor{in}, out))
	return out
}

func TestWholeNetwork(t *testing.T) {
	t.Parallel()
	m := liteNet(3, 40, 4)
	checkModel(t, m, picture(1, 2, 40))

	sig := open(t, m, 1).Signature()
	require.Equal(t, vision.TensorInfo{Name: "image", Type: "float32", Shape: []int{-1, 3, 40, 40}}, sig.Inputs[0])
	require.Equal(t, vision.TensorInfo{Name: "map112", Type: "float32", Shape: []int{-1, 28, 3, 3}}, sig.Outputs[0])
	require.Len(t, sig.Outputs, 5)
}

func TestRunIsTheSameHoweverItIsCut(t *testing.T) {
	t.Parallel()
	m := liteNet(4, 56, 4)
	for name, opts := range backends() {
		one, three := open(t, m, 1, opts...), open(t, m, 3, opts...)
		batch := picture(2, 3, 56)
		want := run(t, one, batch)
		require.Equal(t, want, run(t, three, batch), "%s: threads", name)
		for i := range 3 {
			single := vision.Tensor{Name: "image", Shape: []int{1, 3, 56, 56}, Data: batch.Data[i*3*56*56 : (i+1)*3*56*56]}
			for j, out := range run(t, one, single) {
				size := len(out.Data)
				require.Equal(t, want[j].Data[i*size:(i+1)*size], out.Data, "%s: picture %d of a batch", name, i)
			}
		}
	}
}

func TestRunConcurrently(t *testing.T) {
	t.Parallel()
	for _, threads := range []int{1, 2} {
		s := open(t, liteNet(5, 40, 4), threads)
		pictures := []vision.Tensor{picture(1, 1, 40), picture(2, 2, 40), picture(3, 1, 40), picture(4, 3, 40)}
		var want [][]vision.Tensor
		for _, p := range pictures {
			want = append(want, run(t, s, p))
		}
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				out := liteOutputs() // reused, with shapes that change
				for round := range 4 {
					k := (i + round) % len(pictures)
					if err := s.Run(t.Context(), pictures[k:k+1], out); err != nil {
						t.Errorf("run: %v", err)
						return
					}
					for j := range out {
						if !equalShapes(want[k][j].Shape, out[j].Shape) {
							t.Errorf("shape %v, want %v", out[j].Shape, want[k][j].Shape)
						}
						for x, v := range want[k][j].Data {
							if out[j].Data[x] != v {
								t.Errorf("picture %d, output %s differs at %d", k, out[j].Name, x)
								return
							}
						}
					}
				}
			})
		}
		wg.Wait()
	}
}

func TestRunComputesWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	s := open(t, liteNet(6, 64, 4), 1)
	in := []vision.Tensor{picture(1, 1, 64)}
	all := run(t, s, in[0])
	few := []vision.Tensor{{Name: "map112"}}
	require.NoError(t, s.Run(t.Context(), in, few))
	require.Equal(t, all[4], few[0])
	require.Less(t, steps(t, s, in, few), steps(t, s, in, all))
	require.NoError(t, s.Run(t.Context(), in, nil))
}

func TestRunReusesMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("under the race detector pools forget at random")
	}
	s := open(t, liteNet(7, 64, 4), 1)
	in, out := []vision.Tensor{picture(1, 1, 64)}, liteOutputs()
	require.NoError(t, s.Run(t.Context(), in, out))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	first := &out[0].Data[0]
	require.Zero(t, testing.AllocsPerRun(20, func() { _ = s.Run(ctx, in, out) }))
	require.Same(t, first, &out[0].Data[0])

	two := open(t, liteNet(7, 64, 4), 2)
	require.NoError(t, two.Run(t.Context(), in, out))
	require.LessOrEqual(t, testing.AllocsPerRun(20, func() { _ = two.Run(ctx, in, out) }), 4.0)
}

func TestRunLeavesInputsAlone(t *testing.T) {
	t.Parallel()
	b := newBuilder(9).input("x", 8, 1, 1) // one position: no conversion of layout stands between input and clip
	b.out(b.relu6("x"))
	s := open(t, b.m, 1)
	x := tensor("x", 1, 8, 1, 1)
	before := append([]float32(nil), x.Data...)
	out := []vision.Tensor{{Name: b.m.Graph.Outputs[0].Name}}
	require.NoError(t, s.Run(t.Context(), []vision.Tensor{x}, out))
	require.Equal(t, before, x.Data)
	out[0].Data[0] = 99 // the caller's own
	again := []vision.Tensor{{Name: out[0].Name}}
	require.NoError(t, s.Run(t.Context(), []vision.Tensor{x}, again))
	require.NotEqual(t, float32(99), again[0].Data[0])
}

func TestRunRefusesTensors(t *testing.T) {
	t.Parallel()
	s := open(t, liteNet(8, 32, 4), 1)
	good := picture(1, 1, 32)
	for _, row := range []struct {
		name   string
		change func(in, out *[]vision.Tensor)
		want   string
	}{
		{"no input", func(in, _ *[]vision.Tensor) { *in = nil }, "0 inputs"},
		{"two inputs", func(in, _ *[]vision.Tensor) { *in = append(*in, good) }, "2 inputs"},
		{"other name", func(in, _ *[]vision.Tensor) { (*in)[0].Name = "pixels" }, "missing"},
		{"other size", func(in, _ *[]vision.Tensor) { (*in)[0].Shape = []int{1, 3, 31, 32} }, "shape"},
		{"other rank", func(in, _ *[]vision.Tensor) { (*in)[0].Shape = []int{3, 32, 32} }, "shape"},
		{"empty batch", func(in, _ *[]vision.Tensor) { (*in)[0].Shape = []int{0, 3, 32, 32} }, "shape"},
		{"negative batch", func(in, _ *[]vision.Tensor) { (*in)[0].Shape = []int{-1, 3, 32, 32} }, "shape"},
		{"too little data", func(in, _ *[]vision.Tensor) { (*in)[0].Data = good.Data[1:] }, "numbers"},
		{"huge batch", func(in, _ *[]vision.Tensor) { (*in)[0].Shape = []int{1 << 30, 3, 32, 32} }, "numbers"},
		{"unknown output", func(_, out *[]vision.Tensor) { (*out)[0].Name = "x" }, "no such output"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			in, out := []vision.Tensor{good}, []vision.Tensor{{Name: "logits"}}
			row.change(&in, &out)
			err := s.Run(t.Context(), in, out)
			require.ErrorIs(t, err, ErrTensor)
			require.ErrorContains(t, err, row.want)
		})
	}
}

func TestRunBoundsMemory(t *testing.T) {
	t.Parallel()
	s := open(t, liteNet(8, 32, 4), 1, WithMaxRunBytes(1<<20))
	run(t, s, picture(1, 1, 32))
	err := s.Run(t.Context(), []vision.Tensor{picture(1, 64, 32)}, liteOutputs())
	require.ErrorIs(t, err, ErrTensor)
	require.ErrorContains(t, err, "1048576 bytes")
}

func TestRunManyShapes(t *testing.T) {
	t.Parallel()
	s := open(t, liteNet(8, 32, 4), 1).(*session)
	for n := 1; n <= 2*maxPlans; n++ {
		run(t, s, picture(1, n, 32))
	}
	require.Len(t, s.plans, maxPlans)
	run(t, s, picture(1, 1, 32))
}

func TestRunStopsWithContext(t *testing.T) {
	t.Parallel()
	for _, threads := range []int{1, 2} {
		s := open(t, liteNet(9, 40, 4), threads)
		in := []vision.Tensor{picture(1, 1, 40)}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, s.Run(ctx, in, liteOutputs()), context.Canceled)

		// cancelled in the middle: the context says so at its tenth question
		late := &lateContext{Context: t.Context(), left: 10}
		require.ErrorIs(t, s.Run(late, in, liteOutputs()), context.Canceled)
		run(t, s, in[0]) // and the session is as good as before
	}
}

// lateContext is cancelled after it has been asked some times.
type lateContext struct {
	context.Context
	mu   sync.Mutex
	left int
}

func (c *lateContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestClose(t *testing.T) {
	t.Parallel()
	s := open(t, liteNet(10, 32, 4), 2)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				err := s.Run(t.Context(), []vision.Tensor{picture(1, 1, 32)}, liteOutputs())
				if err != nil {
					if !errors.Is(err, ErrClosed) {
						t.Errorf("run: %v", err)
					}
					return
				}
			}
		})
	}
	require.NoError(t, s.Close())
	wg.Wait()
	require.NoError(t, s.Close())
	require.ErrorIs(t, s.Run(t.Context(), nil, nil), ErrClosed)
	require.Len(t, s.Signature().Inputs, 1)
}
