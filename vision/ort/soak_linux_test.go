package ort

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// resident is the memory that the process has of the system, in bytes.
func resident(t *testing.T) int64 {
	t.Helper()
	debug.FreeOSMemory()
	data, err := os.ReadFile("/proc/self/statm")
	require.NoError(t, err)
	pages, err := strconv.ParseInt(strings.Fields(string(data))[1], 10, 64)
	require.NoError(t, err)
	return pages * int64(os.Getpagesize())
}

// Ten thousand runs of several sizes from sixteen goroutines, some of them cancelled, leave nothing behind.
func TestNothingGrows(t *testing.T) {
	for name, opts := range map[string][]Option{"default": nil, "without arena": {WithoutArena()}} {
		t.Run(name, func(t *testing.T) { checkNothingGrows(t, newBackend(t, opts...), 12) })
	}
	t.Run("card", func(t *testing.T) { checkNothingGrows(t, newCard(t, CUDA{}), 1) })
}

func checkNothingGrows(t *testing.T, b *Backend, sizes int64) {
	t.Helper()
	s := openModel(t, b, visiontest.TinyModel(t), 1)
	soak(t, s, 4000, sizes)
	goroutines, memory := runtime.NumGoroutine(), resident(t)
	soak(t, s, 10_000, sizes)
	grown := resident(t) - memory
	t.Logf("grown by %d KiB", grown>>10)
	if !raceEnabled { // whose own memory grows with what it watches
		require.Less(t, grown, int64(4<<20))
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), goroutines+1)
}

// soak runs batches of 1 to sizes pictures.
func soak(t *testing.T, s vision.Session, runs, sizes int64) {
	t.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	for range 16 {
		wg.Go(func() {
			out := []vision.Tensor{{Name: "embedding"}, {Name: "map"}}
			for i := next.Add(1); i <= runs; i = next.Add(1) {
				shape := []int{int(1 + i%sizes), 3, visiontest.TinySize, visiontest.TinySize}
				in := []vision.Tensor{{Name: "image", Shape: shape, Data: formula(shape...)}}
				ctx, cancel := context.WithCancel(t.Context())
				if i%7 == 0 {
					go cancel()
				}
				if err := s.Run(ctx, in, out); err != nil && ctx.Err() == nil {
					failed.Store(&err)
				}
				cancel()
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		require.NoError(t, *err)
	}
}
