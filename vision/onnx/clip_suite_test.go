package onnx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

func TestCLIPOfOurOwn(t *testing.T) {
	t.Parallel()
	visiontest.CheckTinyCLIP(t, onnx.New())
}

// TestCLIPEncoder is the whole way of a CLIP model: manifest, preprocessing, tokenizer, both towers.
func TestCLIPEncoder(t *testing.T) {
	t.Parallel()
	for _, layout := range []visiontest.CLIPLayout{visiontest.CLIPHub, visiontest.CLIPImmich} {
		model := visiontest.TinyCLIP(t, layout)
		visiontest.Run(t, func(t *testing.T) vision.Encoder {
			e, err := vision.NewJointEncoder(t.Context(), model, onnx.New())
			require.NoError(t, err)
			return e
		})
	}
}

func TestDamagedCLIP(t *testing.T) {
	t.Parallel()
	visiontest.CheckDamage(t, func(m vision.Model) error {
		e, err := vision.NewEncoder(t.Context(), m, onnx.New())
		if err != nil {
			return err
		}
		return e.Close()
	})
}

func TestSoak(t *testing.T) { visiontest.Soak(t, onnx.New()) }
