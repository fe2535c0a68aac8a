package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
)

// shown is what people read of an answer.
func shown(t *testing.T, change func(*soundtrack.Recommendation)) string {
	t.Helper()
	answer := &soundtrack.Recommendation{Analysis: soundtrack.Analysis{Tags: tagging.Tags{
		Affect: tagging.Estimate{Affect: tagging.Affect{Valence: .1}, Spread: .4, Known: true},
		AffectEvidence: []tagging.Evidence{
			{Tagger: "labels", Detail: "seashore 0.62"}, {Tagger: "labels", Detail: "sandbar 0.11"}, {Tagger: "llm", Detail: "a funeral"},
		},
	}}}
	change(answer)
	var out bytes.Buffer
	require.NoError(t, showRecommendation(streams{out: &out, err: &out}, outcome{name: "a.png", answer: answer}))
	return out.String()
}

// What an answer knows of its own doubts is told, and nothing is told where there is no doubt.
func TestShowTellsDoubts(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name        string
		change      func(*soundtrack.Recommendation)
		says, never string
	}{
		{"agreement", func(a *soundtrack.Recommendation) { a.Analysis.Tags.Disagreement = .1 }, "valence +0.10", "disagree"},
		{"disagreement", func(a *soundtrack.Recommendation) { a.Analysis.Tags.Disagreement = .4 },
			"  unsure   the taggers disagree: labels by seashore 0.62, llm by a funeral\n", "sandbar"},
		{"no era", func(*soundtrack.Recommendation) {}, "  era      unknown\n", "perhaps"},
		{"flat decades", func(a *soundtrack.Recommendation) {
			for decade := 1900; decade < 1960; decade += 10 {
				a.Analysis.Tags.Era.Decades = append(a.Analysis.Tags.Era.Decades, tagging.DecadeShare{Decade: decade, Share: .16})
			}
		}, "  era      unknown\n", "perhaps"},
		{"a guess", func(a *soundtrack.Recommendation) {
			a.Analysis.Tags.Era.Decades = []tagging.DecadeShare{{Decade: 1920, Share: .3}, {Decade: 1930, Share: .5}, {Decade: 1960, Share: .05}}
		}, "  era      unknown; perhaps 1920s 30 %, 1930s 50 %\n", "1960"},
		{"a date", func(a *soundtrack.Recommendation) {
			a.Analysis.Tags.Era = tagging.Era{Label: tagging.EraModern, Decade: 2010, Decades: []tagging.DecadeShare{{Decade: 1990, Share: .9}}}
		}, "  era      2010s\n", "1990"},
		{"mild care", func(a *soundtrack.Recommendation) {
			a.Care = match.Care{MaxValence: .29, Reason: "Songs with a valence above .29 are held back."}
		}, "  care     Songs with a valence above .29 are held back.\n", "disagree"},
		{"no care", func(a *soundtrack.Recommendation) { a.Care = match.Care{MaxValence: 1} }, "era", "care"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			out := shown(t, row.change)
			require.Contains(t, out, row.says)
			require.NotContains(t, out, row.never)
		})
	}
}
