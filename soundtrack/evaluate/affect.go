package evaluate

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/headfit"
)

// AffectRow compares one source of affect with people's ratings.
type AffectRow struct {
	Name string        `json:"name"`
	All  headfit.Score `json:"all"`
	// Dev are the themes that the head's settings were chosen on, Held the others.
	Dev        headfit.Score            `json:"dev"`
	Held       headfit.Score            `json:"held"`
	Categories map[string]headfit.Score `json:"categories,omitempty"`
}

// Scale17 brings a distance on −1…1 to people's scale of 1…7.
func Scale17(distance float64) float64 { return 3 * distance }

// SpreadBin is a fifth of the photographs, by their spread: a calibrated spread is as large as the deviation that ratings
// have from the estimates.
type SpreadBin struct {
	Spread    float64 `json:"spread"`    // mean
	Deviation float64 `json:"deviation"` // root mean square over both axes
	Inside    float64 `json:"inside"`    // share of ratings within one spread
}

const spreadBins = 5

// controlRounds is how often a control with a random order is repeated.
const controlRounds = 20

// row scores estimates, one for each photograph.
func (m *measuring) row(name string, estimates []tagging.Estimate) AffectRow {
	r := AffectRow{
		Name: name, All: m.score(estimates, func(Photograph) bool { return true }),
		Dev:  m.score(estimates, func(p Photograph) bool { return !p.Held }),
		Held: m.score(estimates, func(p Photograph) bool { return p.Held }), Categories: map[string]headfit.Score{},
	}
	for _, p := range m.photographs {
		if _, ok := r.Categories[p.Category]; !ok {
			r.Categories[p.Category] = m.score(estimates, func(o Photograph) bool { return o.Category == p.Category })
		}
	}
	return r
}

func (m *measuring) names() []string {
	names := make([]string, len(m.photographs))
	for i, p := range m.photographs {
		names[i] = p.Picture
	}
	return names
}

// affect measures everything that has one.
func (m *measuring) affect(ctx context.Context, report *PictureReport, head *headfit.Result) error {
	for _, withHead := range []bool{true, false} {
		fusion, err := m.fusion(withHead)
		if err != nil {
			return err
		}
		tags, err := m.tag(ctx, fusion, m.names())
		if err != nil {
			return err
		}
		if withHead {
			report.WithHead = m.row("fused, with head", affects(tags))
		} else {
			report.WithoutHead = m.row("fused, without head", affects(tags))
		}
		if withHead == m.ships {
			m.keep(report, tags)
		}
	}
	for _, t := range append([]tagging.Named{{Name: tagging.HeadName, Tagger: perPicture(m.leftOut.head)}}, m.fused()...) {
		tags, err := m.tag(ctx, t.Tagger, m.names())
		if err != nil {
			return err
		}
		row := m.row(t.Name+" alone", affects(tags))
		if t.Name == tagging.PaletteName { // colours say what a picture's mood is without understanding it
			report.Controls = append([]AffectRow{row}, report.Controls...)
		} else {
			report.Parts = append(report.Parts, row)
		}
	}
	teacher := make([]tagging.Estimate, len(m.photographs))
	for i, p := range m.photographs {
		teacher[i].Affect = m.teacher[p.Picture]
	}
	report.Teacher = m.row("teacher against people", teacher)
	estimates := make([]tagging.Estimate, len(report.Points))
	for i, p := range report.Points {
		estimates[i] = p.Estimate
	}
	report.Controls = append(report.Controls, m.controls(estimates)...)
	for _, c := range head.Description().Fit.Controls {
		report.Controls = append(report.Controls, AffectRow{Name: "head against teacher: " + c.Name, All: c})
	}
	return nil
}

func affects(tags []tagging.Tags) []tagging.Estimate {
	estimates := make([]tagging.Estimate, len(tags))
	for i, t := range tags {
		estimates[i] = t.Affect
	}
	return estimates
}

// keep remembers the fused tags for plots and for [FalseCheer], and measures what else is in them.
func (m *measuring) keep(report *PictureReport, tags []tagging.Tags) {
	report.Spread, report.Care = m.spread(affects(tags)), recogniseCare(m.photographs, tags)
	for i, p := range m.photographs {
		report.Points = append(report.Points, Point{Photograph: p, Estimate: tags[i].Affect})
		report.Rated = append(report.Rated, RatedPicture{
			Name: p.Picture, Valence: 4 + 3*p.Norm.Valence, Analysis: soundtrack.Analysis{Tags: tags[i]},
		})
	}
}

// controls are what is left without understanding: a constant, people's ratings given to other photographs, and the label
// table with the rows of other labels. The last two are those of several random orders that correlate most.
func (m *measuring) controls(fused []tagging.Estimate) []AffectRow {
	n := len(m.photographs)
	var constant tagging.Affect
	for _, p := range m.photographs {
		constant.Valence += p.Norm.Valence / float64(n)
		constant.Arousal += p.Norm.Arousal / float64(n)
	}
	constants := make([]tagging.Estimate, n)
	for i := range constants {
		constants[i].Affect = constant
	}
	shuffled := AffectRow{Name: fmt.Sprintf("ratings shuffled, largest of %d", controlRounds)}
	permuted := AffectRow{Name: fmt.Sprintf("label table permuted, largest of %d", controlRounds)}
	for seed := range uint64(controlRounds) {
		rng := rand.New(rand.NewPCG(seed, 17))
		other := make([]tagging.Estimate, n)
		for i, k := range rng.Perm(n) {
			other[i] = fused[k]
		}
		keepLarger(&shuffled.All, m.row("", other).All)
		if m.labelled {
			keepLarger(&permuted.All, m.row("", m.permutedTable(rng)).All)
		}
	}
	rows := []AffectRow{m.row("constant: the mean rating", constants), shuffled}
	if m.labelled {
		rows = append(rows, permuted)
	}
	return rows
}

// keepLarger keeps the score whose correlations are larger together.
func keepLarger(kept *headfit.Score, s headfit.Score) {
	if kept.ValenceMAE == 0 || s.Valence+s.Arousal > kept.Valence+kept.Arousal {
		*kept = s
	}
}

// permutedTable reads the class probabilities with other labels' affects.
func (m *measuring) permutedTable(rng *rand.Rand) []tagging.Estimate {
	order := rng.Perm(len(tagging.ImageNetLabels()))
	estimates := make([]tagging.Estimate, len(m.photographs))
	for i, p := range m.photographs {
		logits := m.seen[p.Picture].observation.Encoding.Outputs["logits"]
		if len(logits) != len(order) {
			return estimates
		}
		other := make([]float32, len(logits))
		for k, from := range order {
			other[k] = logits[from]
		}
		estimates[i] = tagging.LabelAffect(other, 1)
	}
	return estimates
}

// spread puts the photographs into fifths by their spread.
func (m *measuring) spread(estimates []tagging.Estimate) []SpreadBin {
	order := make([]int, len(estimates))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return int(math.Copysign(1, estimates[a].Spread-estimates[b].Spread))
	})
	var bins []SpreadBin
	for b := range spreadBins {
		part := order[b*len(order)/spreadBins : (b+1)*len(order)/spreadBins]
		var bin SpreadBin
		for _, i := range part {
			norm, e, n := m.photographs[i].Norm, estimates[i], float64(len(part))
			dv, da := math.Abs(e.Valence-norm.Valence), math.Abs(e.Arousal-norm.Arousal)
			bin.Spread += e.Spread / n
			bin.Deviation += (dv*dv + da*da) / 2 / n
			bin.Inside += float64(one(dv <= e.Spread)+one(da <= e.Spread)) / 2 / n
		}
		bin.Deviation = math.Sqrt(bin.Deviation)
		bins = append(bins, bin)
	}
	return bins
}
