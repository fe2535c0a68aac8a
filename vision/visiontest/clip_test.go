package visiontest

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

func TestTinyCLIP(t *testing.T) {
	t.Parallel()
	for layout, mask := range map[CLIPLayout]string{CLIPHub: "attention_mask", CLIPImmich: ""} {
		m := TinyCLIP(t, layout)
		require.Equal(t, mask, m.Manifest.Textual.Mask)
		require.Equal(t, m.Manifest.Visual.File.SHA256, m.Visual.SHA256)
		require.Equal(t, m.Manifest.Textual.File.SHA256, m.Textual.SHA256)
		require.Equal(t, m.Manifest.Textual.Vocabulary.SHA256, m.Vocabulary.SHA256)
		for _, f := range []vision.ModelFile{m.Visual, m.Textual, m.Vocabulary} {
			data, err := os.ReadFile(f.Path)
			require.NoError(t, err)
			sum := sha256.Sum256(data)
			require.Equal(t, hex.EncodeToString(sum[:]), f.SHA256)
		}
	}
}

// Each damage is one that its digest does not show.
func TestDamagedModelsDiffer(t *testing.T) {
	t.Parallel()
	good := TinyCLIP(t, CLIPHub)
	seen := map[string]bool{good.Visual.SHA256: true}
	for _, d := range DamagedModels(t) {
		require.NoError(t, d.Model.Manifest.Validate())
		require.Equal(t, d.Model.Manifest.Visual.File.SHA256, d.Model.Visual.SHA256)
		require.False(t, seen[d.Model.Visual.SHA256], d.Name)
		seen[d.Model.Visual.SHA256] = true
	}
}
