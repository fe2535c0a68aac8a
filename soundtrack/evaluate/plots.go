package evaluate

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Plot writes predicted-valence, predicted-arousal and spread into a folder, which is made if need be, each as PNG and SVG.
func (r *PictureReport) Plot(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // pictures to be looked at
		return err
	}
	var valence, arousal plotter.XYs
	for _, p := range r.Points {
		valence = append(valence, plotter.XY{X: p.Photograph.Norm.Valence, Y: p.Estimate.Valence})
		arousal = append(arousal, plotter.XY{X: p.Photograph.Norm.Arousal, Y: p.Estimate.Arousal})
	}
	var spread plotter.XYs
	for _, b := range r.Spread {
		spread = append(spread, plotter.XY{X: b.Spread, Y: b.Deviation})
	}
	for _, p := range []struct {
		name, title, x, y string
		points            plotter.XYs
		low, high         float64
	}{
		{"predicted-valence", fmt.Sprintf("Valence, theme left out: r %.2f", r.shipped().All.Valence), "people", "predicted", valence, -1, 1},
		{"predicted-arousal", fmt.Sprintf("Arousal, theme left out: r %.2f", r.shipped().All.Arousal), "people", "predicted", arousal, -1, 1},
		{"spread", "Reliability of the spread, fifths of the photographs", "spread", "true deviation", spread, 0, .5},
	} {
		drawn, err := scatter(p.title, p.x, p.y, p.points, p.low, p.high)
		if err != nil {
			return fmt.Errorf("evaluate: %s: %w", p.name, err)
		}
		for _, format := range []string{".png", ".svg"} {
			if err := drawn.Save(12*vg.Centimeter, 12*vg.Centimeter, filepath.Join(folder, p.name+format)); err != nil {
				return fmt.Errorf("evaluate: %s: %w", p.name, err)
			}
		}
	}
	return nil
}

// shipped is the fused tagger that points are of.
func (r *PictureReport) shipped() AffectRow {
	if r.HeadShips {
		return r.WithHead
	}
	return r.WithoutHead
}

// scatter draws points in a square.
func scatter(title, x, y string, points plotter.XYs, low, high float64) (*plot.Plot, error) {
	p, err := square(title, x, y, low, high)
	if err != nil {
		return nil, err
	}
	dots, err := plotter.NewScatter(points)
	if err != nil {
		return nil, err
	}
	dots.Color, dots.Radius = ink, vg.Points(2.5)
	p.Add(dots)
	return p, nil
}

// ink is the colour of what counts.
var ink = color.RGBA{R: 0x1b, G: 0x4f, B: 0x72, A: 0xff}

// square is a plot with the diagonal on which points would lie if all were right.
func square(title, x, y string, low, high float64) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = low, high, low, high
	diagonal, err := plotter.NewLine(plotter.XYs{{X: low, Y: low}, {X: high, Y: high}})
	if err != nil {
		return nil, err
	}
	diagonal.Color = color.Gray{Y: 0xa0}
	p.Add(plotter.NewGrid(), diagonal)
	return p, nil
}
