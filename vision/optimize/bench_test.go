package optimize

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/ort"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// engine is a backend under the name that benchmarks give it.
type engine struct {
	impl    string
	backend vision.Backend
}

// engines are both backends; pure Go has portable kernels if SOUNDTRACK_BENCH_GENERIC is set, which take seconds.
func engines(b *testing.B) []engine {
	b.Helper()
	goOptions := []onnx.Option{}
	if os.Getenv("SOUNDTRACK_BENCH_GENERIC") != "" {
		goOptions = append(goOptions, onnx.WithGenericKernels())
	}
	pure := onnx.New(goOptions...)
	native, err := ort.New(ort.WithLibrary(testenv.Runtime(b)))
	require.NoError(b, err)
	list := []engine{{"go-" + pure.Kernels(), pure}}
	if _, err := native.Library(); err != nil { // built without cgo
		b.Logf("without impl=ort: %v", err)
		return list
	}
	return append(list, engine{"ort", native})
}

// graphs are files of ViT-B/32 with random weights: as exported, for the class token only, and in 8 bits if
// bench/peers/onnxruntime_peer.py has made that.
func graphs(b *testing.B, checker vision.Backend) (names []string, files []vision.ModelFile) {
	b.Helper()
	if testing.Short() {
		b.Skip("makes files of 351 MB")
	}
	plain := visiontest.FullCLIP(b)
	rewritten, _, err := ClassToken(b.Context(), plain, checker, filepath.Join(b.TempDir(), "cls.onnx"))
	require.NoError(b, err)
	names, files = []string{"plain", "class-token"}, []vision.ModelFile{plain.Visual, rewritten.Visual}
	small := strings.TrimSuffix(plain.Visual.Path, ".onnx") + ".int8.onnx"
	if data, err := os.ReadFile(small); err == nil {
		return append(names, "int8"), append(files, vision.ModelFile{Path: small, SHA256: digest(bytes.NewReader(data))})
	}
	b.Logf("without graph=int8: make it with bench/peers/onnxruntime_peer.py quantise %s", plain.Visual.Path)
	return names, files
}

// contender is one graph on one engine.
type contender struct {
	name    string // graph=…/impl=…
	session vision.Session
}

// contenders are every graph on every engine that can run it.
func contenders(b *testing.B) []contender {
	b.Helper()
	engines := engines(b)
	names, files := graphs(b, engines[len(engines)-1].backend)
	var list []contender
	for i, file := range files {
		for _, e := range engines {
			session, err := e.backend.Open(b.Context(), file, vision.SessionOptions{Threads: 1})
			if errors.Is(err, vision.ErrUnsupported) {
				b.Logf("without graph=%s/impl=%s: %v", names[i], e.impl, err)
				continue
			}
			require.NoError(b, err)
			b.Cleanup(func() { require.NoError(b, session.Close()) })
			list = append(list, contender{fmt.Sprintf("graph=%s/impl=%s", names[i], e.impl), session})
		}
	}
	return list
}

// ready returns a function that runs one batch. Memory has been planned.
func (c contender) ready(b *testing.B, batch int) func() {
	b.Helper()
	in := []vision.Tensor{fixedInput("pixel_values", batch, 224)}
	out := []vision.Tensor{{Name: "image_embeds"}}
	run := func() { require.NoError(b, c.session.Run(b.Context(), in, out)) }
	run()
	return run
}

// BenchmarkCLIP is one forward pass of ViT-B/32, each way by itself.
func BenchmarkCLIP(b *testing.B) {
	list := contenders(b)
	for _, batch := range []int{1, 8} {
		for _, c := range list {
			b.Run(fmt.Sprintf("model=vit-b32/batch=%d/threads=1/%s", batch, c.name), func(b *testing.B) {
				run := c.ready(b, batch)
				b.ReportAllocs()
				for b.Loop() {
					run()
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N*batch), "ms/picture")
			})
		}
	}
}

// BenchmarkCLIPRounds takes turns, one run of each way a round, so that whatever else the machine does hits all alike. The
// metrics are minima over rounds of the processor time of one picture, which on one thread of an idle machine is the time
// it takes. -benchtime 9x makes nine rounds.
func BenchmarkCLIPRounds(b *testing.B) {
	list := contenders(b)
	for _, batch := range []int{1, 8} {
		b.Run(fmt.Sprintf("model=vit-b32/batch=%d/threads=1", batch), func(b *testing.B) {
			runs, best := make([]func(), len(list)), slices.Repeat([]time.Duration{math.MaxInt64}, len(list))
			for i, c := range list {
				runs[i] = c.ready(b, batch)
			}
			for b.Loop() {
				for i, run := range runs {
					start := processorTime(b)
					run()
					best[i] = min(best[i], processorTime(b)-start)
				}
			}
			for i, c := range list {
				b.ReportMetric(float64(best[i].Microseconds())/1000/float64(batch), c.name+"-ms/picture")
			}
		})
	}
}
