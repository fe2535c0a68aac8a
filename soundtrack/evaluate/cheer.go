package evaluate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/soundtrack"
)

const (
	// Cheerful is the valence from which a song counts as cheerful, on the axis from -1 to 1.
	Cheerful = 0.3
	// Sad is the mean rating below which people find a picture sad or violent, on their scale from 1 to 7.
	Sad = 3.
)

// RatedPicture is what was seen in a picture, and what people say of it.
type RatedPicture struct {
	Name string
	// Valence is the mean of people's ratings, 1 to 7.
	Valence  float64
	Analysis soundtrack.Analysis
}

// Cheer says how often sad pictures get cheerful songs, and what it costs to prevent it.
//
// Whether a song is cheerful is read from the store, whose judgements the ranking uses too: so the rates are about what is
// seen in pictures, and say nothing of songs that are misjudged.
type Cheer struct {
	// Pictures is the number of sad ones, with a rating below [Sad]. The rates are those of their recommendations.
	Pictures int `json:"pictures"`
	// Without and With are the rates with care turned off and with the usual care.
	Without CheerRates `json:"without_care"`
	With    CheerRates `json:"with_care"`
	// Random is the share of cheerful ones among the songs of the store: the rate of songs that are picked blindly.
	Random float64 `json:"random"`
	// Heavy is the share of the sad pictures that care took for heavy. Missed are those that had no song held back, by name.
	Heavy  float64  `json:"heavy"`
	Missed []string `json:"missed,omitempty"`
	// The rest is the price. Others is the number of all other pictures, and OthersHeavy the share of these that care took
	// for heavy. Pleasant is the number of those that people find pleasant, with a rating above 5; of these, PleasantHeavy
	// is the share that was taken for heavy, PleasantGuarded the share that had cheerful songs held back, and PleasantLoss
	// by how much the mean valence of all their songs is less than without care.
	Others          int     `json:"others"`
	OthersHeavy     float64 `json:"others_heavy"`
	Pleasant        int     `json:"pleasant"`
	PleasantHeavy   float64 `json:"pleasant_heavy"`
	PleasantGuarded float64 `json:"pleasant_guarded"`
	PleasantLoss    float64 `json:"pleasant_loss"`
	// Short is the share of the sad pictures that get fewer than five songs with care.
	Short float64 `json:"short"`
}

// CheerRates are shares of cheerful songs among the first picks and among the first five, each from 0 to 1.
type CheerRates struct {
	Top1 float64 `json:"top_1"`
	Top5 float64 `json:"top_5"`
}

// cheerDepth is how many picks are looked at: the default of a recommendation.
const cheerDepth = match.DefaultCount

// ErrNoSad reports pictures of which none is sad, so that there is nothing to measure.
var ErrNoSad = errors.New("evaluate: no sad pictures")

// FalseCheer measures the recommendations of rec for pictures that were analysed before, by rec or otherwise, such as with
// read-outs that have not seen them. The store of rec must be a [catalog.Lister]. Without sad pictures the error is
// [ErrNoSad].
func FalseCheer(ctx context.Context, rec *soundtrack.Recommender, pictures []RatedPicture) (Cheer, error) {
	var c Cheer
	var err error
	if c.Random, err = cheerfulShare(ctx, rec.Store()); err != nil {
		return Cheer{}, err
	}
	m := cheerMeasure{rec: rec, Cheer: c}
	for i := range pictures {
		if err := m.add(ctx, &pictures[i]); err != nil {
			return Cheer{}, err
		}
	}
	if m.Pictures == 0 {
		return Cheer{}, ErrNoSad
	}
	return m.finish(), nil
}

// pleasant is the rating above which people find a picture pleasant.
const pleasant = 5.

// cheerMeasure counts. Its shares are numbers of pictures until it is finished.
type cheerMeasure struct {
	Cheer
	rec                            *soundtrack.Recommender
	sadWith, sadWithout            cheerCount
	pleasantWith, pleasantWithout  cheerCount
	heavy, others, short           int
	pleasantHeavy, pleasantGuarded int
}

func (m *cheerMeasure) add(ctx context.Context, p *RatedPicture) error {
	care := match.PictureCare(p.Analysis.Tags, match.CareUsual)
	switch {
	case p.Valence < Sad:
		m.Pictures++
		m.heavy += one(care.Heavy)
		if !care.Guards() {
			m.Missed = append(m.Missed, p.Name)
		}
		before := m.sadWith.picks
		if err := m.ask(ctx, p, &m.sadWith, &m.sadWithout); err != nil {
			return err
		}
		m.short += one(m.sadWith.picks-before < cheerDepth)
		return nil
	case p.Valence > pleasant:
		m.Pleasant++
		m.pleasantHeavy += one(care.Heavy)
		m.pleasantGuarded += one(care.Guards())
		if err := m.ask(ctx, p, &m.pleasantWith, &m.pleasantWithout); err != nil {
			return err
		}
	}
	m.Others++
	m.others += one(care.Heavy)
	return nil
}

func (m *cheerMeasure) ask(ctx context.Context, p *RatedPicture, with, without *cheerCount) error {
	if err := without.ask(ctx, m.rec, p, match.CareOff); err != nil {
		return err
	}
	return with.ask(ctx, m.rec, p, match.CareUsual)
}

func (m *cheerMeasure) finish() Cheer {
	c := m.Cheer
	c.With, c.Without = m.sadWith.rates(), m.sadWithout.rates()
	c.Heavy, c.Short = share(m.heavy, c.Pictures), share(m.short, c.Pictures)
	c.OthersHeavy = share(m.others, c.Others)
	c.PleasantHeavy, c.PleasantGuarded = share(m.pleasantHeavy, c.Pleasant), share(m.pleasantGuarded, c.Pleasant)
	c.PleasantLoss = m.pleasantWithout.meanValence() - m.pleasantWith.meanValence()
	return c
}

// cheerfulShare is the share of cheerful songs in a store.
func cheerfulShare(ctx context.Context, store catalog.Store) (float64, error) {
	lister, ok := store.(catalog.Lister)
	if !ok {
		return 0, fmt.Errorf("evaluate: %T cannot list its songs", store)
	}
	songs, cheerful := 0, 0
	for song, err := range lister.All(ctx) {
		if err != nil {
			return 0, fmt.Errorf("evaluate: listing songs: %w", err)
		}
		songs++
		cheerful += one(isCheerful(song))
	}
	return share(cheerful, songs), nil
}

func isCheerful(s catalog.Song) bool { return s.Affect.Known && s.Affect.Valence >= Cheerful }

// cheerCount counts picks and cheerful ones.
type cheerCount struct {
	firsts, cheerfulFirsts, picks, cheerful int
	valence                                 float64 // summed
}

func (c *cheerCount) ask(ctx context.Context, rec *soundtrack.Recommender, p *RatedPicture, mode match.CareMode) error {
	out, err := rec.Recommend(ctx, soundtrack.Request{Analysis: &p.Analysis, Count: cheerDepth, Care: mode})
	if err != nil {
		return fmt.Errorf("evaluate: %s: %w", p.Name, err)
	}
	for i, pick := range out.Picks {
		c.picks++
		c.valence += pick.Song.Affect.Valence
		c.firsts += one(i == 0)
		if isCheerful(pick.Song) {
			c.cheerful++
			c.cheerfulFirsts += one(i == 0)
		}
	}
	return nil
}

func (c *cheerCount) rates() CheerRates {
	return CheerRates{Top1: share(c.cheerfulFirsts, c.firsts), Top5: share(c.cheerful, c.picks)}
}

func (c *cheerCount) meanValence() float64 { return c.valence / float64(max(1, c.picks)) }

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// share is part / whole, and 0 of nothing.
func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// String is a table for people.
func (c Cheer) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "false cheer: songs with a valence of at least %g for %d pictures that people rate below %g of 7\n", Cheerful, c.Pictures, Sad)
	fmt.Fprintf(&b, "  %-14s first %5.1f %%   first five %5.1f %%\n", "with care", 100*c.With.Top1, 100*c.With.Top5)
	fmt.Fprintf(&b, "  %-14s first %5.1f %%   first five %5.1f %%\n", "without", 100*c.Without.Top1, 100*c.Without.Top5)
	fmt.Fprintf(&b, "  %-14s       %5.1f %%\n", "random songs", 100*c.Random)
	fmt.Fprintf(&b, "care takes %.0f %% of them for heavy, %.1f %% of the %d others, %.1f %% of the %d pleasant ones (above %g)\n",
		100*c.Heavy, 100*c.OthersHeavy, c.Others, 100*c.PleasantHeavy, c.Pleasant, pleasant)
	fmt.Fprintf(&b, "it holds cheerful songs back from %.1f %% of the pleasant ones, whose songs lose %.3f of valence on average\n",
		100*c.PleasantGuarded, c.PleasantLoss)
	if len(c.Missed) > 0 {
		fmt.Fprintf(&b, "missed: %s\n", strings.Join(c.Missed, ", "))
	}
	if c.Short > 0 {
		fmt.Fprintf(&b, "%.1f %% of them get fewer than %d songs\n", 100*c.Short, cheerDepth)
	}
	return b.String()
}
