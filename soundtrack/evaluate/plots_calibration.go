package evaluate

import (
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/soundtrack-go/sdk/tagging"
)

// PlotCalibration writes the reliability diagram of a kind of concepts into a folder, which is made if need be, as
// calibration-KIND.png and .svg: how often answers were right against how sure they were, on pictures left out. The area of a
// dot is the number of pictures; grey ones are those of the default calibration. Where probabilities can be believed, large
// dots lie on the diagonal.
func PlotCalibration(folder string, kind tagging.Kind, r tagging.CalibrationReport) error {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // pictures to be looked at
		return err
	}
	drawn, err := reliability(kind, r)
	if err != nil {
		return fmt.Errorf("evaluate: calibration of %s: %w", kind, err)
	}
	for _, format := range []string{".png", ".svg"} {
		name := filepath.Join(folder, "calibration-"+string(kind)+format)
		if err := drawn.Save(12*vg.Centimeter, 12*vg.Centimeter, name); err != nil {
			return fmt.Errorf("evaluate: calibration of %s: %w", kind, err)
		}
	}
	return nil
}

func reliability(kind tagging.Kind, r tagging.CalibrationReport) (*plot.Plot, error) {
	title := fmt.Sprintf("%s: calibration error %.3f, %.3f before (grey)", kind, r.Fitted.ECE, r.Default.ECE)
	p, err := square(title, "how sure", "how often right", 0, 1)
	if err != nil {
		return nil, err
	}
	for _, row := range []struct {
		colour color.Color
		bins   []tagging.ReliabilityBin
	}{{color.Gray{Y: 0xb0}, r.Default.Bins}, {ink, r.Fitted.Bins}} {
		var points plotter.XYs
		var styles []draw.GlyphStyle
		for _, b := range row.bins {
			if b.Samples == 0 {
				continue
			}
			points = append(points, plotter.XY{X: b.Confidence, Y: b.Accuracy})
			share := float64(b.Samples) / float64(r.Samples)
			styles = append(styles, draw.GlyphStyle{
				Color: row.colour, Shape: draw.CircleGlyph{}, Radius: vg.Points(1.5 + 8*math.Sqrt(share)),
			})
		}
		dots, err := plotter.NewScatter(points)
		if err != nil {
			return nil, err
		}
		dots.GlyphStyleFunc = func(i int) draw.GlyphStyle { return styles[i] }
		p.Add(dots)
	}
	return p, nil
}
