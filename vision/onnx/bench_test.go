package onnx

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// BenchmarkRun is one forward pass of a network of EfficientNet-Lite0's shape: 385 million multiply-adds a picture.
func BenchmarkRun(b *testing.B) {
	model := liteNet(1, 224, 1)
	for _, threads := range []int{1, 2} {
		for _, n := range []int{1, 8} {
			for _, impl := range []string{New().Kernels(), "generic"} {
				if impl == "generic" && n*threads > 1 {
					continue
				}
				b.Run(fmt.Sprintf("model=lite0/batch=%d/threads=%d/impl=%s", n, threads, impl), func(b *testing.B) {
					s := open(b, model, threads, backends()[impl]...)
					in, out := []vision.Tensor{picture(1, n, 224)}, []vision.Tensor{{Name: "embedding"}, {Name: "logits"}}
					require.NoError(b, s.Run(b.Context(), in, out))
					b.ReportAllocs()
					for b.Loop() {
						require.NoError(b, s.Run(b.Context(), in, out))
					}
					ms := float64(b.Elapsed().Microseconds()) / 1000 / float64(b.N*n)
					b.ReportMetric(ms, "ms/picture")
				})
			}
		}
	}
}

// BenchmarkStep is the profile of that network: each step of its plan by itself.
func BenchmarkStep(b *testing.B) {
	s := open(b, liteNet(1, 224, 1), 1).(*session)
	in, out := []vision.Tensor{picture(1, 1, 224)}, []vision.Tensor{{Name: "embedding"}, {Name: "logits"}}
	p, err := s.planFor(b.Context(), in, out)
	require.NoError(b, err)
	st := newState(p)
	st.inputs[0].floats = in[0].Data
	for i := range p.steps {
		b.Run(fmt.Sprintf("model=lite0/step=%d/node=%s", i, p.steps[i].name), func(b *testing.B) {
			for b.Loop() {
				st.next.Store(0)
				st.work(b.Context(), &p.steps[i], 0)
			}
		})
	}
}
