// Package taggingtest is the conformance suite of [tagging.Tagger]. A tagger passes [Run].
package taggingtest

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// Run tests a tagger on observations, of which at least one is required; the tagger may have nothing to say on some.
func Run(t *testing.T, tagger tagging.Tagger, observations ...*vision.Observation) {
	t.Helper()
	require.NotEmpty(t, observations, "the suite needs something to look at")
	t.Run("valid", func(t *testing.T) {
		t.Parallel()
		for _, o := range observations {
			tags, err := tagger.Tag(t.Context(), o)
			require.NoError(t, err)
			RequireValid(t, tags)
		}
	})
	t.Run("same answer twice", func(t *testing.T) {
		t.Parallel()
		for _, o := range observations {
			first, err := tagger.Tag(t.Context(), o)
			require.NoError(t, err)
			second, err := tagger.Tag(t.Context(), o)
			require.NoError(t, err)
			require.Equal(t, first, second)
		}
	})
	t.Run("nothing seen", func(t *testing.T) {
		t.Parallel()
		tags, err := tagger.Tag(t.Context(), &vision.Observation{})
		require.NoError(t, err)
		RequireValid(t, tags)
		require.False(t, tags.Affect.Known, "an empty observation has no feeling")
	})
	t.Run("cancelled context", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := tagger.Tag(ctx, observations[0])
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("concurrent use", func(t *testing.T) {
		t.Parallel()
		want, err := tagger.Tag(t.Context(), observations[0])
		require.NoError(t, err)
		var group sync.WaitGroup
		got := make([]tagging.Tags, 8)
		for i := range got {
			group.Go(func() { got[i], _ = tagger.Tag(t.Context(), observations[0]) })
		}
		group.Wait()
		for _, tags := range got {
			require.Equal(t, want, tags)
		}
	})
}

// RequireValid fails unless tags keep what [tagging.Tags] promises.
func RequireValid(t *testing.T, tags tagging.Tags) {
	t.Helper()
	require.NoError(t, tags.Affect.Validate())
	require.GreaterOrEqual(t, tags.Affect.Spread, 0.)
	require.LessOrEqual(t, tags.Affect.Spread, 2.)
	if tags.Affect.Known {
		require.NotEmpty(t, tags.AffectEvidence, "a known affect says where it comes from")
		require.Positive(t, tags.Affect.Spread)
	}
	vocabulary := tagging.DefaultVocabulary()
	for _, list := range [][]tagging.Tag{tags.Moods, tags.Objects, tags.Scenes} {
		require.True(t, slices.IsSortedFunc(list, func(a, b tagging.Tag) int {
			if c := cmp.Compare(b.Confidence, a.Confidence); c != 0 {
				return c
			}
			return cmp.Compare(a.Name, b.Name)
		}), "lists are sorted")
		seen := map[string]bool{}
		for _, tag := range list {
			require.False(t, seen[tag.Name], tag.Name)
			seen[tag.Name] = true
			require.NotEmpty(t, tag.Name)
			require.NotEmpty(t, tag.Evidence, "%s has evidence", tag.Name)
			require.True(t, tag.Confidence > 0 && tag.Confidence <= 1, "%s %v", tag.Name, tag.Confidence)
			if tag.Concept != "" {
				_, known := vocabulary.Lookup(tag.Concept)
				require.True(t, known, tag.Concept)
			}
		}
	}
	for i, w := range tags.Concepts {
		require.True(t, w.Weight > 0 && w.Weight <= 1, w.Concept)
		require.True(t, i == 0 || tags.Concepts[i-1].Concept < w.Concept, "concepts are sorted")
	}
	var shares float64
	for _, c := range tags.Colours {
		require.Regexp(t, `^#[0-9a-f]{6}$`, c.Hex)
		require.NotEmpty(t, c.Name)
		shares += c.Share
	}
	require.LessOrEqual(t, shares, 1+1e-9)
	require.False(t, math.IsNaN(shares))
	require.LessOrEqual(t, len([]rune(tags.Caption)), 200)
	require.False(t, strings.ContainsAny(tags.Caption, "\n\r"))
	requireValidCare(t, tags.Care)
	require.True(t, tags.Disagreement >= 0 && tags.Disagreement <= tags.Affect.Spread+1e-9, "disagreement %v is part of the spread", tags.Disagreement)
	var decades float64
	for i, d := range tags.Era.Decades {
		require.True(t, d.Share > 0 && d.Share <= 1 && d.Decade%10 == 0, "%v", d)
		require.True(t, i == 0 || tags.Era.Decades[i-1].Decade < d.Decade, "decades are in the order of time")
		decades += d.Share
	}
	require.LessOrEqual(t, decades, 1+1e-9)
	if tags.Era.Captured.IsZero() {
		require.Zero(t, tags.Era.Decade, "no decade without a capture date")
	}
	if tags.Era.Label == tagging.EraUnknown {
		require.Zero(t, tags.Era.Decade)
	}
}

func requireValidCare(t *testing.T, care []tagging.Care) {
	t.Helper()
	seen := map[tagging.CareTopic]bool{}
	for i, c := range care {
		require.Contains(t, tagging.CareTopics(), c.Topic)
		require.False(t, seen[c.Topic], "%s is there twice", c.Topic)
		seen[c.Topic] = true
		require.True(t, c.Confidence > 0 && c.Confidence <= 1, "%s %v", c.Topic, c.Confidence)
		require.NotEmpty(t, c.Evidence, "%s has evidence", c.Topic)
		require.True(t, i == 0 || care[i-1].Confidence >= c.Confidence, "the surest topic comes first")
	}
}
