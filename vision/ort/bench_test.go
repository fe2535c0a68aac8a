//go:build cgo

package ort

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	onnxruntime "github.com/yalue/onnxruntime_go"
	"golang.org/x/sync/errgroup"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// pixels is a batch for the graphs of this file.
func pixels(name string, n int) []vision.Tensor {
	shape := []int{n, 3, 224, 224}
	return []vision.Tensor{{Name: name, Shape: shape, Data: formula(shape...)}}
}

// runs measures n pictures a run, from so many goroutines; b.N counts one run of each.
func runs(b *testing.B, goroutines, n int, run func() error) {
	b.Helper()
	require.NoError(b, run())
	b.ReportAllocs()
	b.ResetTimer()
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for next.Add(1) <= int64(b.N*goroutines) {
				if err := run(); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N*goroutines*n), "ms/picture")
}

// runSession is one run of a session with a tensor of its own for the result.
func runSession(b *testing.B, s vision.Session, in []vision.Tensor) func() error {
	output, ctx := s.Signature().Outputs[0].Name, b.Context()
	pool := sync.Pool{New: func() any { return &[]vision.Tensor{{Name: output}} }}
	return func() error {
		out := pool.Get().(*[]vision.Tensor)
		defer pool.Put(out)
		return s.Run(ctx, in, *out)
	}
}

// runRaw is one run of onnxruntime_go with tensors that exist already: what a session costs beyond that is ours.
func runRaw(b *testing.B, s vision.Session, in []vision.Tensor) func() error {
	raw := s.(*session)
	input, err := onnxruntime.NewTensor(onnxruntime.NewShape(int64(in[0].Shape[0]), 3, 224, 224), in[0].Data)
	require.NoError(b, err)
	b.Cleanup(func() { _ = input.Destroy() })
	inputs, outputs := []onnxruntime.Value{input}, make([]onnxruntime.Value, len(raw.computed))
	b.Cleanup(func() { _ = outputs[0].Destroy() })
	return func() error { return raw.runtime.Run(inputs, outputs) }
}

// BenchmarkCall is what a run costs beside the network: the graph takes one number of each picture.
func BenchmarkCall(b *testing.B) {
	m := twice(value("x", onnxfile.Float, onnxfile.BatchShape("N", 3, 224, 224)...), value("y", onnxfile.Float, onnxfile.BatchShape("N", 1)...))
	m.Graph.Initializers = []onnxfile.Tensor{
		onnxfile.IntTensor("from", []int{3}, []int64{0, 0, 0}), onnxfile.IntTensor("to", []int{3}, []int64{1, 1, 1}),
		onnxfile.IntTensor("axes", []int{3}, []int64{1, 2, 3}),
	}
	m.Graph.Nodes = []onnxfile.Node{
		{Op: "Slice", Inputs: []string{"x", "from", "to", "axes"}, Outputs: []string{"corner"}},
		{Op: "Flatten", Inputs: []string{"corner"}, Outputs: []string{"y"}},
	}
	s := openModel(b, newBackend(b), writeModel(b, m), 1)
	for _, n := range []int{1, 8} {
		in := pixels("x", n)
		b.Run(fmt.Sprintf("batch=%d/impl=session", n), func(b *testing.B) { runs(b, 1, n, runSession(b, s, in)) })
		b.Run(fmt.Sprintf("batch=%d/impl=onnxruntime_go", n), func(b *testing.B) { runs(b, 1, n, runRaw(b, s, in)) })
	}
}

// BenchmarkVisionB32 is the picture tower of CLIP ViT-B/32 in its full size, with random weights. The ways to run it take
// turns, so that whatever else the machine does concerns all of them, and the fastest turn of each counts.
func BenchmarkVisionB32(b *testing.B) {
	model, cores := visiontest.FullCLIP(b).Visual, runtime.GOMAXPROCS(0)
	oneCore := openModel(b, newBackend(b), model, 1)
	allCores := openModel(b, newBackend(b), model, cores)
	noArena := openModel(b, newBackend(b, WithoutArena()), model, 1)
	for _, n := range []int{1, 8} {
		in := pixels(oneCore.Signature().Inputs[0].Name, n)
		ways := []*way{
			{name: "onnxruntime_go", goroutines: 1, run: runRaw(b, oneCore, in)},
			{name: "one-core", goroutines: 1, run: runSession(b, oneCore, in)},
			{name: "one-core-no-arena", goroutines: 1, run: runSession(b, noArena, in)},
			{name: "throughput", goroutines: cores, run: runSession(b, oneCore, in)},
			{name: "latency", goroutines: 1, run: runSession(b, allCores, in)},
		}
		b.Run(fmt.Sprintf("batch=%d", n), func(b *testing.B) { takeTurns(b, ways, n) })
	}
}

// BenchmarkCompact is the compact model in pure Go and on ONNX Runtime, in turns. BenchmarkCompactCUDA is it on a card.
func BenchmarkCompact(b *testing.B) {
	model := testenv.CompactModel(b).Visual
	in := pixels("image", 1)
	takeTurns(b, []*way{
		{name: "go", goroutines: 1, run: runSession(b, openModel(b, onnx.New(), model, 1), in)},
		{name: "onnxruntime", goroutines: 1, run: runSession(b, openModel(b, newBackend(b), model, 1), in)},
	}, 1)
}

// BenchmarkCompactCUDA is the compact model on a card.
func BenchmarkCompactCUDA(b *testing.B) {
	for _, cuda := range []CUDA{{}, {TF32: true}} {
		s := openModel(b, newCard(b, cuda), testenv.CompactModel(b).Visual, 1)
		for _, n := range []int{1, 8, 64} {
			name := fmt.Sprintf("tf32=%t/batch=%d", cuda.TF32, n)
			b.Run(name, func(b *testing.B) { runs(b, 1, n, runSession(b, s, pixels("image", n))) })
		}
	}
}

// BenchmarkCUDA is the same tower on a card and, in the same run, on the processor. runs is how many go on at once: one is
// the latency of a batch, several the throughput.
func BenchmarkCUDA(b *testing.B) {
	newCard(b, CUDA{}) // before the file is made
	model, cores := visiontest.FullCLIP(b).Visual, runtime.GOMAXPROCS(0)
	measure := func(name string, s vision.Session, n, at int) {
		in := pixels(s.Signature().Inputs[0].Name, n)
		b.Run(fmt.Sprintf("%s/batch=%d/runs=%d", name, n, at), func(b *testing.B) { runs(b, at, n, runSession(b, s, in)) })
	}
	for _, cuda := range []CUDA{{}, {TF32: true}} {
		s := openModel(b, newCard(b, cuda, WithMaxRuns(16)), model, 1)
		for _, n := range []int{1, 8, 32, 64} {
			for _, at := range []int{1, 2, 4} {
				measure(fmt.Sprintf("device=cuda/tf32=%t", cuda.TF32), s, n, at)
			}
		}
		measure(fmt.Sprintf("device=cuda/tf32=%t", cuda.TF32), s, 8, 16)
	}
	oneCore, allCores := openModel(b, newBackend(b), model, 1), openModel(b, newBackend(b), model, cores)
	for _, n := range []int{1, 8} {
		measure("device=cpu/threads=1", oneCore, n, 1)
		measure("device=cpu/threads=1", oneCore, n, cores)
		measure(fmt.Sprintf("device=cpu/threads=%d", cores), allCores, n, 1)
	}
	measure(fmt.Sprintf("device=cpu/threads=%d", cores), allCores, 64, 1)
}

// BenchmarkCUDAOpen is what comes before the second run: opening, and the first run of each size of batch, for which the
// library chooses kernels.
func BenchmarkCUDAOpen(b *testing.B) {
	card := newCard(b, CUDA{})
	keep := openModel(b, card, visiontest.TinyModel(b), 1) // the library and the card are up
	for name, model := range map[string]vision.ModelFile{
		"compact": testenv.CompactModel(b).Visual, "vit-b32": visiontest.FullCLIP(b).Visual,
	} {
		b.Run("model="+name, func(b *testing.B) {
			took := map[string]time.Duration{}
			timed := func(what string, do func() error) {
				start := time.Now()
				require.NoError(b, do())
				took[what] += time.Since(start)
			}
			for b.Loop() {
				var s vision.Session
				timed("open", func() (err error) {
					s, err = card.Open(b.Context(), model, vision.SessionOptions{})
					return err
				})
				for _, n := range []int{1, 8} {
					run := runSession(b, s, pixels(s.Signature().Inputs[0].Name, n))
					timed(fmt.Sprintf("first-run-of-%d", n), run)
					timed(fmt.Sprintf("second-run-of-%d", n), run)
				}
				require.NoError(b, s.Close())
			}
			for what, sum := range took {
				b.ReportMetric(float64(sum.Microseconds())/1000/float64(b.N), "ms/"+what)
			}
		})
	}
	require.Equal(b, "CUDA", keep.Info().Device)
}

// way is one way to run a model, and the shortest time that a run of it has taken so far.
type way struct {
	name       string
	goroutines int
	run        func() error
	best       time.Duration
}

// takeTurns measures ways in turn.
func takeTurns(b *testing.B, ways []*way, pictures int) {
	b.Helper()
	for b.Loop() {
		for _, w := range ways {
			start := time.Now()
			var group errgroup.Group
			for range w.goroutines {
				group.Go(w.run)
			}
			require.NoError(b, group.Wait())
			if took := time.Since(start) / time.Duration(w.goroutines*pictures); w.best == 0 || took < w.best {
				w.best = took
			}
		}
	}
	for _, w := range ways {
		b.ReportMetric(float64(w.best.Microseconds())/1000, w.name+"-ms/picture")
	}
}
