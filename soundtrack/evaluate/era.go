package evaluate

import (
	"context"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/soundtrack-go/sdk/internal/probe"
	"github.com/soundtrack-go/sdk/internal/scenefit"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/headfit"
)

// EraReport says how well old photographs are told from those of today: historic against OASIS, by probes fitted without
// the picture's theme.
type EraReport struct {
	// Numbers of pictures; the monochrome ones are among the modern.
	Old        int `json:"old"`
	Modern     int `json:"modern"`
	Monochrome int `json:"monochrome"`
	// AUC and AUCGrey are the areas under the curve against OASIS as it is, and turned grey.
	AUC     float64 `json:"auc"`
	AUCGrey float64 `json:"auc_grey"`
	// At85 is at the threshold that finds 85 % of the old ones, Shipped at that of [tagging.EraTagger].
	At85    EraRates `json:"at_85_recall"`
	Shipped EraRates `json:"shipped"`
	// CalledModern are the shares of pictures of today, as they are and turned grey, and of old ones that the tagger calls
	// modern. The rest is unknown.
	CalledModern struct {
		Modern float64 `json:"modern"`
		Grey   float64 `json:"grey"`
		Old    float64 `json:"old"`
	} `json:"called_modern"`
	// UndatedDecades counts pictures of all sets that got a decade without having a capture date.
	UndatedDecades int `json:"undated_decades"`
}

// EraRates are what one threshold gives: the share of old photographs called old, and of others, in colour, monochrome or
// turned grey.
type EraRates struct {
	Threshold float64 `json:"threshold"`
	Recall    float64 `json:"recall"`
	False     float64 `json:"false"`
	FalseMono float64 `json:"false_monochrome"`
	FalseGrey float64 `json:"false_grey"`
}

// monochromeShare is the share of a photograph that must be close to grey for it to count as monochrome.
const monochromeShare = 0.97

// eraScores are the probabilities of "old", left out.
type eraScores struct{ old, modern, monochrome, grey []float64 }

func (m *measuring) era(ctx context.Context) (*EraReport, error) {
	scores, err := m.eraScores(ctx)
	if err != nil || scores == nil {
		return nil, err
	}
	r := &EraReport{
		Old: len(scores.old), Modern: len(scores.modern), Monochrome: len(scores.monochrome),
		AUC: auc(scores.old, scores.modern), AUCGrey: auc(scores.old, scores.grey),
	}
	sorted := slices.Sorted(slices.Values(scores.old))
	r.At85 = scores.rates(sorted[int(math.Floor(.15*float64(len(sorted))))])
	r.Shipped = scores.rates(tagging.OldFrom)
	above := scores.rates(tagging.ModernUpTo)
	r.CalledModern.Modern, r.CalledModern.Grey, r.CalledModern.Old = 1-above.False, 1-above.FalseGrey, 1-above.Recall
	whole, err := tagging.Default().With(each(m.further)...)
	if err != nil {
		return nil, err
	}
	for _, s := range m.seen {
		tags, err := whole.Tag(ctx, s.observation)
		if err != nil {
			return nil, err
		}
		r.UndatedDecades += one(tags.Era.Decade != 0 && !s.dated)
	}
	return r, nil
}

func (s *eraScores) rates(threshold float64) EraRates {
	of := func(scores []float64) float64 {
		n := 0
		for _, v := range scores {
			n += one(v >= threshold)
		}
		return share(n, len(scores))
	}
	return EraRates{Threshold: threshold, Recall: of(s.old), False: of(s.modern), FalseMono: of(s.monochrome), FalseGrey: of(s.grey)}
}

// eraScores fits the era probe without each picture's fold; nil if the encoder has not the outputs that it reads.
func (m *measuring) eraScores(ctx context.Context) (*eraScores, error) {
	var pictures []scenefit.EraPicture
	for _, p := range m.annotations {
		s := m.seen[p.Name]
		plain := probe.Features(scenefit.EraOutputs, s.observation.Encoding)
		if len(plain) == 0 {
			return nil, nil
		}
		pictures = append(pictures, scenefit.EraPicture{Picture: p, Plain: plain, Grey: probe.Features(scenefit.EraOutputs, s.grey)})
	}
	plain, grey := make([]float64, len(pictures)), make([]float64, len(pictures))
	folds, ctx := errgroup.WithContext(ctx)
	folds.SetLimit(runtime.GOMAXPROCS(0))
	for fold := range probeFolds {
		folds.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			in := func(p scenefit.EraPicture) bool { return headfit.FoldOf(m.groupOf(p.Name), probeFolds) == fold }
			fit, err := scenefit.Era(slices.DeleteFunc(slices.Clone(pictures), in))
			if err != nil {
				return err
			}
			for i, p := range pictures {
				if in(p) {
					plain[i], grey[i] = fit.Probability(p.Plain), fit.Probability(p.Grey)
				}
			}
			return nil
		})
	}
	if err := folds.Wait(); err != nil {
		return nil, err
	}
	var scores eraScores
	for i, p := range pictures {
		_, rated := m.themes[p.Name]
		switch {
		case p.Old():
			scores.old = append(scores.old, plain[i])
		case rated:
			scores.modern, scores.grey = append(scores.modern, plain[i]), append(scores.grey, grey[i])
			if m.seen[p.Name].observation.Palette.Monochrome >= monochromeShare {
				scores.monochrome = append(scores.monochrome, plain[i])
			}
		}
	}
	return &scores, nil
}

func auc(yes, no []float64) float64 {
	scores := slices.Concat(yes, no)
	truth := make([]bool, len(scores))
	for i := range yes {
		truth[i] = true
	}
	return probe.AUC(scores, truth)
}
