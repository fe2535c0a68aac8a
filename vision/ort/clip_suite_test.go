package ort

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

func TestCLIPOfOurOwn(t *testing.T) {
	t.Parallel()
	visiontest.CheckTinyCLIP(t, newBackend(t))
}

// TestCLIPEncoder is the whole way of a CLIP model: manifest, preprocessing, tokenizer, both towers.
func TestCLIPEncoder(t *testing.T) {
	t.Parallel()
	for _, layout := range []visiontest.CLIPLayout{visiontest.CLIPHub, visiontest.CLIPImmich} {
		model := visiontest.TinyCLIP(t, layout)
		visiontest.Run(t, func(t *testing.T) vision.Encoder {
			e, err := vision.NewJointEncoder(t.Context(), model, newBackend(t))
			require.NoError(t, err)
			return e
		})
	}
}

func TestDamagedCLIP(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	visiontest.CheckDamage(t, func(m vision.Model) error {
		e, err := vision.NewEncoder(t.Context(), m, b)
		if err != nil {
			return err
		}
		return e.Close()
	})
}

func TestEncoderSoak(t *testing.T) { visiontest.Soak(t, newBackend(t)) }
