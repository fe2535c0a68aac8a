package visiontest

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// TinyEncoder opens [TinyModel] on b as an encoder of pictures. The test closes it.
func TinyEncoder(t testing.TB, b vision.Backend, opts ...vision.Option) *vision.ModelEncoder {
	t.Helper()
	file := TinyModel(t)
	m := vision.Model{Visual: file, Manifest: vision.Manifest{
		ID: "tiny", Dim: TinyDim,
		Visual: vision.Graph{File: manifestFile(t, "tiny.onnx", file), Input: "image", Output: "embedding"},
		Preprocess: vision.Preprocess{
			Size: TinySize, Crop: vision.CropShortest,
			Mean: [3]float64{.5, .5, .5}, Std: [3]float64{.5, .5, .5},
		},
	}}
	e, err := vision.NewEncoder(t.Context(), m, b, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

// Soak encodes ten thousand pictures from sixteen goroutines, every seventh call cancelled while it waits or runs, and
// requires that every answer is the right one and that neither goroutines nor the heap grow after a warm-up. Memory that
// a backend has from elsewhere is for its own tests. It must not run beside other tests.
func Soak(t *testing.T, b vision.Backend) {
	t.Helper()
	e := TinyEncoder(t, b)
	pictures := Pictures()
	want, err := e.Encode(t.Context(), pictures)
	require.NoError(t, err)

	soak(t, e, pictures, want, 2000)
	goroutines, heap := runtime.NumGoroutine(), liveHeap()
	soak(t, e, pictures, want, 10_000)
	grown := liveHeap() - heap
	t.Logf("the heap grew by %d KiB in 10,000 encodes", grown>>10)
	require.Less(t, grown, int64(1<<20))
	require.LessOrEqual(t, runtime.NumGoroutine(), goroutines+1)
}

// liveHeap is what is in use once everything else is collected. Twice, since pools keep their victims for one collection.
func liveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func soak(t *testing.T, e vision.Encoder, pictures []*vision.Picture, want [][]float32, calls int64) {
	t.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for i := next.Add(1); i <= calls && !t.Failed(); i = next.Add(1) {
				ctx, cancel := context.WithCancel(t.Context())
				if i%7 == 0 {
					go cancel()
				}
				k := int(i) % len(pictures)
				got, err := e.Encode(ctx, pictures[k:k+1])
				switch {
				case err != nil && ctx.Err() == nil:
					t.Errorf("encode: %v", err)
				case err == nil && distance(want[k], got[0]) > tolerance:
					t.Errorf("picture %d: %v, want %v", k, got[0], want[k])
				}
				cancel()
			}
		})
	}
	wg.Wait()
}
