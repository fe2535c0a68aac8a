package onnx

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/clipgraph"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// TestPrimitiveCLIP runs both towers as exporters wrote them before opset 17 and as they do since: the numbers are the
// same, and so is the work, but for views.
func TestPrimitiveCLIP(t *testing.T) {
	t.Parallel()
	for _, activation := range []clipgraph.Activation{clipgraph.QuickGELU, clipgraph.GELU} {
		pictures := func(primitive bool) *onnxfile.Model {
			tower := clipgraph.TinyVision(clipgraph.Immich, activation)
			tower.Primitive = primitive
			return tower.Model()
		}
		texts := func(primitive bool) *onnxfile.Model {
			tower := clipgraph.TinyText(clipgraph.Hub, activation)
			tower.Primitive = primitive
			return tower.Model()
		}
		ids, mask := vision.Tensor{Name: "input_ids", Shape: []int{3, 77}}, vision.Tensor{Name: "attention_mask", Shape: []int{3, 77}}
		for i := range 3 * 77 {
			ids.Ints, mask.Ints = append(ids.Ints, int64(i*i%255)), append(mask.Ints, 1)
		}
		for name, tower := range map[string]struct {
			model func(primitive bool) *onnxfile.Model
			in    []vision.Tensor
		}{
			"pictures": {pictures, []vision.Tensor{picture(1, 3, 224)}},
			"texts":    {texts, []vision.Tensor{ids, mask}},
		} {
			t.Run(fmt.Sprintf("%s activation=%d", name, activation), func(t *testing.T) {
				t.Parallel()
				run := func(primitive bool, threads int) (numbers []float32, count int) {
					s := open(t, tower.model(primitive), threads)
					out := []vision.Tensor{{Name: s.Signature().Outputs[0].Name}}
					require.NoError(t, s.Run(t.Context(), tower.in, out))
					return out[0].Data, steps(t, s, tower.in, out)
				}
				want, count := run(false, 1)
				numbers, primitive := run(true, 1)
				near(t, want, numbers, 1e-5)
				t.Logf("%d and %d steps", count, primitive)
				again, _ := run(false, 3)
				require.Equal(t, want, again, "threads change nothing")
			})
		}
	}
}
