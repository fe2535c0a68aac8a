package onnx

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// steps counts the steps of the plan for one picture.
func steps(t *testing.T, s vision.Session, in []vision.Tensor, out []vision.Tensor) int {
	t.Helper()
	p, err := s.(*session).planFor(t.Context(), in, out)
	require.NoError(t, err)
	return len(p.steps)
}

func TestFusion(t *testing.T) {
	t.Parallel()
	const size, ch = 5, 16
	conv := func(b *builder, x string, group int) string {
		y, _ := b.convSame(x, size, ch, ch, 1+group/ch*2, 1, group)
		return y
	}
	for _, row := range []struct {
		name  string
		build func(b *builder, x string) string // returns the output
		steps int                               // including the two conversions of layout
	}{
		{"conv clip", func(b *builder, x string) string { return b.relu6(conv(b, x, 1)) }, 3},
		{"depthwise clip", func(b *builder, x string) string { return b.relu6(conv(b, x, ch)) }, 3},
		{"conv add", func(b *builder, x string) string { return b.node("Add", []string{x, conv(b, x, 1)}) }, 3},
		{"add conv", func(b *builder, x string) string { return b.node("Add", []string{conv(b, x, 1), x}) }, 3},
		{"conv add clip", func(b *builder, x string) string { return b.relu6(b.node("Add", []string{x, conv(b, x, 1)})) }, 3},
		{"conv clip add", func(b *builder, x string) string { return b.node("Add", []string{x, b.relu6(conv(b, x, 1))}) }, 4},
		{"depthwise add", func(b *builder, x string) string { return b.node("Add", []string{x, conv(b, x, ch)}) }, 4},
		{"two convs", func(b *builder, x string) string {
			return b.relu6(b.node("Add", []string{conv(b, x, 1), conv(b, x, 1)}))
		}, 4},
		{"conv twice itself", func(b *builder, x string) string { y := conv(b, x, 1); return b.node("Add", []string{y, y}) }, 4},
		{"conv used by two", func(b *builder, x string) string {
			y := conv(b, x, 1)
			return b.node("Add", []string{y, b.relu6(y)})
		}, 5},
		{"residual over three", func(b *builder, x string) string {
			first := b.relu6(conv(b, x, 1))
			y := b.relu6(conv(b, first, 1))
			y = b.relu6(conv(b, y, ch))
			return b.relu6(b.node("Add", []string{first, conv(b, y, 1)}))
		}, 6},
		{"residual needed later", func(b *builder, x string) string {
			first := conv(b, x, 1)
			sum := b.node("Add", []string{first, conv(b, first, 1)})
			return b.node("Add", []string{first, conv(b, sum, 1)})
		}, 5},
		{"constant residual", func(b *builder, x string) string {
			return b.node("Add", []string{conv(b, x, 1), b.constant(1, 1, ch, size, size)})
		}, 3},
		{"add clip", func(b *builder, x string) string { return b.relu6(b.node("Add", []string{x, x})) }, 1},
		{"clip clip", func(b *builder, x string) string { return b.relu6(b.node("Clip", []string{x, b.scalar(1)})) }, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBuilder(8).input("x", ch, size, size)
			b.out(row.build(b, "x"))
			in := tensor("x", 1, ch, size, size)
			checkModel(t, b.m, in)
			out := []vision.Tensor{{Name: b.m.Graph.Outputs[0].Name}}
			require.Equal(t, row.steps, steps(t, open(t, b.m, 1), []vision.Tensor{in}, out))
		})
	}
}

// TestRandomGraphs compares graphs that nobody thought of with the reference: every combination of fusions, layouts and
// reused memory. Every value is an output of the second check, so that none can be fused away.
func TestRandomGraphs(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 5))
			const size, ch = 4, 8
			b := newBuilder(seed).input("x", ch, size, size)
			maps := []string{"x"} // all of the same shape
			pick := func() string { return maps[len(maps)-1-min(rng.IntN(4), rng.IntN(len(maps)))] }
			for range 4 + rng.IntN(12) {
				var y string
				switch rng.IntN(8) {
				case 0, 1:
					y, _ = b.convSame(pick(), size, ch, ch, 1, 1, 1)
				case 2:
					y, _ = b.convSame(pick(), size, ch, ch, 3, 1, ch)
				case 3:
					y, _ = b.convSame(pick(), size, ch, ch, 3, 1, 2)
				case 4, 5:
					y = b.node("Add", []string{pick(), pick()})
				case 6:
					y = b.relu6(pick())
				case 7:
					y = b.node("Add", []string{pick(), b.constant(1, ch, 1, 1)})
				}
				maps = append(maps, y)
			}
			last := maps[len(maps)-1]
			b.node("Flatten", []string{b.node("GlobalAveragePool", []string{last})})
			b.out(b.name("pooled")).out(last)
			checkModel(t, b.m, tensor("x", 2, ch, size, size))
			for _, name := range maps[1 : len(maps)-1] {
				b.out(name)
			}
			checkModel(t, b.m, tensor("x", 2, ch, size, size))
		})
	}
}
