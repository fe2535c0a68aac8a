package evaluate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/soundtrack-go/sdk/internal/scenefit"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/headfit"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/compact"
)

// PictureOptions say what [Pictures] measures.
type PictureOptions struct {
	// Data is the folder of reference data: oasis, coco-mini and historic, each with its table and images. Required.
	Data fs.FS
	// Encoder looks at the pictures. Required.
	Encoder vision.Encoder
	// Era has era measured too, for which every picture is looked at a second time, turned grey. There is no such report for an
	// encoder without the outputs that the probe of [tagging.EraTagger] reads.
	Era bool
	// Taggers are further ones of the fusion that is measured, such as the [tagging.ZeroShotTagger] that reads the encoder, see
	// [soundtrack.OpenZeroShot]. They get palette and encoding of a picture, not the picture. They are measured as they are: one
	// that learned from these pictures flatters itself. One that fails ends the measurement.
	Taggers []tagging.Named
	// Progress is called with the number of pictures looked at and of all; nil for none. Calls do not overlap.
	Progress func(done, all int)
}

// PictureReport is what [Pictures] measured. Affects are on −1…1; see [Scale17] for people's scale.
type PictureReport struct {
	Encoder string `json:"encoder"` // id and digest
	// Fused names the taggers in the fusion without a head: what a user of the encoder gets.
	Fused []string `json:"fused"`
	// HeadShips says whether an affect head ships for the encoder. If so, spread, objects, care and points are those of the
	// fusion with a head. If not, the head was fitted for this measurement, as soundtrack train affect would, and they are those
	// without.
	HeadShips bool `json:"head_ships"`
	// Photographs of OASIS and themes, and how many of the photographs are held: not used to choose the head's settings.
	Photographs int `json:"photographs"`
	Themes      int `json:"themes"`
	Held        int `json:"held"`
	// Teacher compares this project's own ratings with people's: what a head could reach that learned them by heart.
	Teacher AffectRow `json:"teacher"`
	// WithHead and WithoutHead are the fused tagger, everything in it fitted without the picture's theme.
	WithHead    AffectRow `json:"with_head"`
	WithoutHead AffectRow `json:"without_head"`
	// Parts are the taggers by themselves, likewise.
	Parts []AffectRow `json:"parts"`
	// Controls say what the numbers would be without any understanding.
	Controls []AffectRow `json:"controls"`
	// Spread is the calibration of the fused spread, from sure to unsure.
	Spread []SpreadBin `json:"spread"`
	// Care says whether pictures are recognised that call for it.
	Care    CareReport    `json:"care"`
	Objects ObjectsReport `json:"objects"`
	Named   NamedReport   `json:"named"`
	Era     *EraReport    `json:"era,omitempty"`
	// Points are the photographs with what the fused tagger says of them, for plots.
	Points []Point `json:"points,omitempty"`
	// Rated are the photographs as [FalseCheer] wants them.
	Rated []RatedPicture `json:"-"`
	// HeadTries is the number of settings that the head's were chosen from.
	HeadTries int `json:"head_tries"`
}

// Point is one photograph of OASIS.
type Point struct {
	Photograph Photograph       `json:"photograph"`
	Estimate   tagging.Estimate `json:"estimate"`
}

// ErrOptions reports options that lack something.
var ErrOptions = errors.New("evaluate: want a data folder and an encoder")

// measuring is one run of [Pictures].
type measuring struct {
	photographs []Photograph
	captioned   []Captioned
	annotations []scenefit.Picture
	themes      map[string]string // by the picture
	teacher     map[string]tagging.Affect
	seen        map[string]*seen
	leftOut     leftOut
	labelled    bool // the encoder has the labels that the table is of
	ships       bool // heads and probes ship for the encoder
	further     []tagging.Named
}

// Pictures measures what is said of pictures against what people say: affect on OASIS, objects and scenes on pictures of
// COCO, era on old photographs. Whatever learned from pictures is fitted again without the theme of the picture that it is
// asked about. It looks at some five hundred pictures, twice with Era, and takes a minute; for an encoder that no head ships
// for, some more, in which settings are searched. It is deterministic.
func Pictures(ctx context.Context, o PictureOptions) (*PictureReport, error) {
	if o.Data == nil || o.Encoder == nil {
		return nil, ErrOptions
	}
	info := o.Encoder.Info()
	shipped, ships := tagging.DefaultAffectHead().Describe(info)
	m := &measuring{
		themes: map[string]string{}, teacher: map[string]tagging.Affect{},
		labelled: info.Labels == compact.LabelSet, ships: ships, further: o.Taggers,
	}
	if err := m.read(ctx, o); err != nil {
		return nil, err
	}
	heads, fitted, err := m.leaveOutHeads(ctx)
	if err != nil {
		return nil, err
	}
	m.leftOut.head = heads
	if ships {
		if m.leftOut.scenes, err = m.leaveOutScenes(ctx); err != nil {
			return nil, err
		}
	}
	report := &PictureReport{
		Encoder: info.Space(), HeadShips: ships, Photographs: len(m.photographs), HeadTries: fitted.Description().Fit.Tries,
	}
	if ships {
		report.HeadTries = shipped.Fit.Tries
	}
	for _, t := range m.fused() {
		report.Fused = append(report.Fused, t.Name)
	}
	counted := map[string]bool{}
	for _, p := range m.photographs {
		counted[p.Theme] = true
		report.Held += one(p.Held)
	}
	report.Themes = len(counted)
	if err := m.affect(ctx, report, fitted); err != nil {
		return nil, err
	}
	if report.Objects, err = m.objects(ctx); err != nil {
		return nil, err
	}
	if report.Named, err = m.named(ctx); err != nil {
		return nil, err
	}
	if o.Era {
		if report.Era, err = m.era(ctx); err != nil {
			return nil, err
		}
	}
	return report, nil
}

// read reads the tables and looks at all pictures.
func (m *measuring) read(ctx context.Context, o PictureOptions) error {
	var err error
	if m.photographs, err = ReadOASIS(o.Data); err != nil {
		return err
	}
	for _, p := range m.photographs {
		m.themes[p.Picture] = p.Theme
	}
	if m.captioned, err = ReadCOCO(o.Data); err != nil {
		return err
	}
	if m.annotations, err = readAnnotations(); err != nil {
		return err
	}
	names := make([]string, len(m.annotations))
	known := map[string]bool{}
	for i, p := range m.annotations {
		names[i], known[p.Name] = p.Name, true
	}
	for _, p := range m.photographs {
		if !known[p.Picture] {
			return fmt.Errorf("%w: %s has no words in scenes_pictures.csv", ErrData, p.Picture)
		}
	}
	done := 0
	l := looker{data: o.Data, encoder: o.Encoder, grey: o.Era, step: func() {
		if done++; o.Progress != nil {
			o.Progress(done, len(names))
		}
	}}
	m.seen, err = l.look(ctx, names)
	return err
}

// fused are the taggers that a user of the encoder gets, without the head; what learned from pictures is left out.
func (m *measuring) fused() []tagging.Named {
	var parts []tagging.Named
	if m.labelled {
		parts = append(parts, tagging.Named{Name: tagging.LabelsName, Tagger: tagging.LabelTagger{}})
	}
	if m.ships {
		parts = append(parts, tagging.Named{Name: tagging.ScenesName, Tagger: perPicture(m.leftOut.scenes)})
	}
	parts = append(parts, tagging.Named{Name: tagging.PaletteName, Tagger: tagging.PaletteTagger{}})
	return append(parts, m.further...)
}

// fusion is the fused tagger, with or without the head.
func (m *measuring) fusion(withHead bool) (*tagging.Fusion, error) {
	parts := m.fused()
	if withHead {
		parts = append(parts, tagging.Named{Name: tagging.HeadName, Tagger: perPicture(m.leftOut.head)})
	}
	return tagging.NewFusion(each(parts)...)
}

// each has taggers as options.
func each(taggers []tagging.Named) []tagging.FusionOption {
	var options []tagging.FusionOption
	for _, t := range taggers {
		options = append(options, t)
	}
	return options
}

// tag tags pictures, in order.
func (m *measuring) tag(ctx context.Context, tagger tagging.Tagger, pictures []string) ([]tagging.Tags, error) {
	tags := make([]tagging.Tags, len(pictures))
	for i, name := range pictures {
		var err error
		if tags[i], err = tagger.Tag(ctx, m.seen[name].observation); err != nil {
			return nil, fmt.Errorf("evaluate: %s: %w", name, err)
		}
		if len(tags[i].Degraded) > 0 { // the numbers would be those of other taggers
			return nil, fmt.Errorf("evaluate: %s: %s", name, tags[i].Degraded[0])
		}
	}
	return tags, nil
}

// score is [headfit.Compare] of the photographs that use chooses.
func (m *measuring) score(estimates []tagging.Estimate, use func(Photograph) bool) headfit.Score {
	var some []tagging.Estimate
	var norms []tagging.Affect
	for i, p := range m.photographs {
		if use(p) {
			some, norms = append(some, estimates[i]), append(norms, p.Norm)
		}
	}
	return headfit.Compare("", some, norms)
}
