package vision_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/vision"
)

// The same scene, stored turned and mirrored in the eight ways of EXIF, is the same picture to an encoder. In each of
// the files its number is painted over the middle of the scene, large enough to be seen by the encoder (cosine .91 to .99
// between the files as they are), so it is covered first.
func TestOrientationsEmbedAlike(t *testing.T) {
	t.Parallel()
	encoder := testenv.CompactEncoder(t)
	var embeddings [][]float32
	for orientation := 1; orientation <= 8; orientation++ {
		path := testenv.Data(t, "robust", "exif-orientation", fmt.Sprintf("Landscape_%d.jpg", orientation))
		picture, err := vision.Decode(t.Context(), bytes.NewReader(readFile(t, path)))
		require.NoError(t, err)
		covered := image.NewRGBA(image.Rect(0, 0, picture.Width(), picture.Height()))
		draw.Draw(covered, covered.Bounds(), picture.Image(), image.Point{}, draw.Src)
		middle := image.Rect(picture.Width()*45/100, picture.Height()*40/100, picture.Width()*55/100, picture.Height()*58/100)
		draw.Draw(covered, middle, image.NewUniform(color.Gray{Y: 96}), image.Point{}, draw.Src)
		picture, err = vision.FromImage(covered)
		require.NoError(t, err)
		embedding, err := encoder.Encode(t.Context(), []*vision.Picture{picture})
		require.NoError(t, err)
		embeddings = append(embeddings, embedding[0])
	}
	least := 1.
	for i, a := range embeddings {
		for k, b := range embeddings {
			var cosine float64
			for d := range a {
				cosine += float64(a[d]) * float64(b[d])
			}
			least = min(least, cosine)
			require.Greater(t, cosine, .99, "orientations %d and %d", i+1, k+1)
		}
	}
	t.Logf("least cosine %.4f", least)
}
