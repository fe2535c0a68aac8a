package visiontest

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// RunBackend is the conformance suite of backends. open returns the backend for each case; what it needs to be closed is
// its own business, by t.Cleanup. The models are made on the spot.
func RunBackend(t *testing.T, open func(t *testing.T) vision.Backend) {
	t.Helper()
	for _, c := range []struct {
		name string
		fn   func(t *testing.T, b vision.Backend)
	}{
		{"signature", backendSignature},
		{"values", backendValues},
		{"some outputs", backendSomeOutputs},
		{"reuses outputs", backendReuse},
		{"keeps inputs", backendInputs},
		{"wrong tensors", backendWrongTensors},
		{"wrong files", backendWrongFiles},
		{"unknown operator", backendUnknownOperator},
		{"threads", backendThreads},
		{"concurrent", backendConcurrent},
		{"cancelled", backendCancelled},
		{"close", backendClose},
	} {
		t.Run(c.name, func(t *testing.T) { c.fn(t, open(t)) })
	}
}

// openTiny opens the tiny model; it is closed at the end of the test.
func openTiny(t *testing.T, b vision.Backend) vision.Session {
	t.Helper()
	s, err := b.Open(t.Context(), TinyModel(t), vision.SessionOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// tinyInput is a batch of n random images.
func tinyInput(n int, seed uint64) []vision.Tensor {
	r := rand.New(rand.NewPCG(seed, 1))
	data := make([]float32, n*3*TinySize*TinySize)
	for i := range data {
		data[i] = 4*r.Float32() - 2
	}
	return []vision.Tensor{{Name: "image", Shape: []int{n, 3, TinySize, TinySize}, Data: data}}
}

// requireTiny compares both outputs with the reference.
func requireTiny(t *testing.T, in, out []vision.Tensor) {
	t.Helper()
	embedding, maps := tinyRun(in[0].Data)
	n := in[0].Shape[0]
	for _, o := range out {
		want, shape := embedding, []int{n, TinyDim}
		if o.Name == "map" {
			want, shape = maps, []int{n, tinyMaps, tinySide, tinySide}
		}
		require.Equal(t, shape, o.Shape, o.Name)
		require.Len(t, o.Data, len(want), o.Name)
		require.LessOrEqual(t, distance(want, o.Data), tolerance, o.Name)
	}
}

func backendSignature(t *testing.T, b vision.Backend) {
	got := openTiny(t, b).Signature()
	require.Len(t, got.Inputs, 1)
	require.Equal(t, "image", got.Inputs[0].Name)
	require.Equal(t, "float32", got.Inputs[0].Type)
	require.Equal(t, []int{-1, 3, TinySize, TinySize}, got.Inputs[0].Shape)
	shapes := map[string][]int{}
	for _, o := range got.Outputs {
		require.Equal(t, "float32", o.Type)
		shapes[o.Name] = o.Shape
	}
	require.Equal(t, map[string][]int{"embedding": {-1, TinyDim}, "map": {-1, tinyMaps, tinySide, tinySide}}, shapes)
}

func backendValues(t *testing.T, b vision.Backend) {
	s := openTiny(t, b)
	for n := 1; n <= 9; n++ {
		in := tinyInput(n, uint64(n))
		out := []vision.Tensor{{Name: "embedding"}, {Name: "map"}}
		require.NoError(t, s.Run(t.Context(), in, out))
		requireTiny(t, in, out)
	}
}

func backendSomeOutputs(t *testing.T, b vision.Backend) {
	s := openTiny(t, b)
	in := tinyInput(2, 3)
	for _, names := range [][]string{{"embedding"}, {"map"}, {"map", "embedding"}} {
		var out []vision.Tensor
		for _, name := range names {
			out = append(out, vision.Tensor{Name: name})
		}
		require.NoError(t, s.Run(t.Context(), in, out))
		for i, name := range names {
			require.Equal(t, name, out[i].Name)
		}
		requireTiny(t, in, out)
	}
}

func backendReuse(t *testing.T, b vision.Backend) {
	s := openTiny(t, b)
	out := []vision.Tensor{{Name: "embedding"}}
	in := tinyInput(4, 4)
	require.NoError(t, s.Run(t.Context(), in, out))
	first := &out[0].Data[0]
	for _, n := range []int{4, 2} { // as large, and smaller
		in := tinyInput(n, 5)
		require.NoError(t, s.Run(t.Context(), in, out))
		requireTiny(t, in, out)
		require.Same(t, first, &out[0].Data[0])
	}
	in = tinyInput(6, 6) // larger
	require.NoError(t, s.Run(t.Context(), in, out))
	requireTiny(t, in, out)
}

func backendInputs(t *testing.T, b vision.Backend) {
	s := openTiny(t, b)
	in := tinyInput(2, 8)
	kept := append([]float32(nil), in[0].Data...)
	out := []vision.Tensor{{Name: "embedding"}}
	require.NoError(t, s.Run(t.Context(), in, out))
	require.Equal(t, kept, in[0].Data)
	result := append([]float32(nil), out[0].Data...)
	clear(in[0].Data)
	require.Equal(t, result, out[0].Data, "the output must not live in the input")
}

func backendWrongTensors(t *testing.T, b vision.Backend) {
	s := openTiny(t, b)
	good := func() vision.Tensor { return tinyInput(1, 9)[0] }
	embedding := []vision.Tensor{{Name: "embedding"}}
	for _, c := range []struct {
		name    string
		change  func(*vision.Tensor)
		outputs []vision.Tensor
	}{
		{"input name", func(in *vision.Tensor) { in.Name = "picture" }, embedding},
		{"channels", func(in *vision.Tensor) { in.Shape = []int{3, 1, TinySize, TinySize} }, embedding},
		{"rank", func(in *vision.Tensor) { in.Shape = []int{3, TinySize, TinySize} }, embedding},
		{"side", func(in *vision.Tensor) { in.Shape = []int{1, 3, TinySize / 2, TinySize * 2} }, embedding},
		{"too little data", func(in *vision.Tensor) { in.Data = in.Data[:len(in.Data)-1] }, embedding},
		{"too much data", func(in *vision.Tensor) { in.Data = append(in.Data, 0) }, embedding},
		{"output name", func(*vision.Tensor) {}, []vision.Tensor{{Name: "nothing"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := good()
			c.change(&in)
			require.Error(t, s.Run(t.Context(), []vision.Tensor{in}, append([]vision.Tensor(nil), c.outputs...)))
		})
	}
	t.Run("no input", func(t *testing.T) {
		require.Error(t, s.Run(t.Context(), nil, []vision.Tensor{{Name: "embedding"}}))
	})
	// None of this may have harmed the session.
	in, out := tinyInput(1, 10), []vision.Tensor{{Name: "embedding"}}
	require.NoError(t, s.Run(t.Context(), in, out))
	requireTiny(t, in, out)
}

func backendWrongFiles(t *testing.T, b vision.Backend) {
	refused := func(t *testing.T, f vision.ModelFile) {
		t.Helper()
		s, err := b.Open(t.Context(), f, vision.SessionOptions{})
		if err == nil {
			_ = s.Close()
		}
		require.Error(t, err)
	}
	good := TinyModel(t)
	data, err := os.ReadFile(good.Path)
	require.NoError(t, err)

	t.Run("missing", func(t *testing.T) {
		refused(t, vision.ModelFile{Path: filepath.Join(t.TempDir(), "none.onnx"), SHA256: good.SHA256})
	})
	t.Run("other digest", func(t *testing.T) {
		refused(t, vision.ModelFile{Path: good.Path, SHA256: writeFile(t, []byte("other")).SHA256})
	})
	t.Run("no digest", func(t *testing.T) { refused(t, vision.ModelFile{Path: good.Path}) })
	t.Run("swapped after verification", func(t *testing.T) {
		f := writeFile(t, data)
		damaged := append([]byte(nil), data...)
		damaged[len(damaged)/2] ^= 1
		require.NoError(t, os.WriteFile(f.Path, damaged, 0o600))
		refused(t, f)
	})
	t.Run("empty", func(t *testing.T) { refused(t, writeFile(t, nil)) })
	t.Run("text", func(t *testing.T) { refused(t, writeFile(t, []byte("<html>404</html>"))) })
	t.Run("truncated", func(t *testing.T) {
		for i := range 20 {
			refused(t, writeFile(t, data[:len(data)*i/20]))
		}
	})
}

func backendUnknownOperator(t *testing.T, b vision.Backend) {
	m := tinyGraph()
	m.Graph.Nodes[1] = onnxfile.Node{Name: "odd", Op: "NoSuchOperator", Inputs: []string{"conved"}, Outputs: []string{"map"}}
	s, err := b.Open(t.Context(), writeModel(t, m), vision.SessionOptions{})
	if err == nil {
		_ = s.Close()
	}
	require.Error(t, err)
	require.ErrorContains(t, err, "NoSuchOperator")
}

func backendThreads(t *testing.T, b vision.Backend) {
	for _, threads := range []int{1, 2} {
		s, err := b.Open(t.Context(), TinyModel(t), vision.SessionOptions{Threads: threads})
		require.NoError(t, err)
		in, out := tinyInput(3, 11), []vision.Tensor{{Name: "embedding"}, {Name: "map"}}
		require.NoError(t, s.Run(t.Context(), in, out))
		requireTiny(t, in, out)
		require.NoError(t, s.Close())
	}
}

func backendConcurrent(t *testing.T, b vision.Backend) {
	s := openTiny(t, b)
	const workers = 8
	ins, outs := make([][]vision.Tensor, workers), make([][]vision.Tensor, workers)
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for i := range workers {
		ins[i] = tinyInput(1+i%3, uint64(100+i))
		outs[i] = []vision.Tensor{{Name: "embedding"}, {Name: "map"}}
		wg.Go(func() {
			for range 10 {
				if errs[i] = s.Run(t.Context(), ins[i], outs[i]); errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	for i := range workers {
		require.NoError(t, errs[i])
		requireTiny(t, ins[i], outs[i])
	}
}

func backendCancelled(t *testing.T, b vision.Backend) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := b.Open(ctx, TinyModel(t), vision.SessionOptions{})
	require.ErrorIs(t, err, context.Canceled)

	s := openTiny(t, b)
	err = s.Run(ctx, tinyInput(1, 12), []vision.Tensor{{Name: "embedding"}})
	require.ErrorIs(t, err, context.Canceled)
	in, out := tinyInput(1, 13), []vision.Tensor{{Name: "embedding"}}
	require.NoError(t, s.Run(t.Context(), in, out))
	requireTiny(t, in, out)
}

func backendClose(t *testing.T, b vision.Backend) {
	s := openTiny(t, b)
	var wg sync.WaitGroup
	for range 4 { // runs that are under way either finish or are refused; none may crash
		wg.Go(func() { _ = s.Run(t.Context(), tinyInput(8, 14), []vision.Tensor{{Name: "embedding"}}) })
	}
	require.NoError(t, s.Close())
	wg.Wait()
	require.NoError(t, s.Close(), "a second Close is a no-op")
	require.Error(t, s.Run(t.Context(), tinyInput(1, 15), []vision.Tensor{{Name: "embedding"}}))
}
