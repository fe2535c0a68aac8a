// Package taggingtest is the conformance suite of [tagging.Tagger]. A tagger passes [Run].
package taggingtest

import (
	"context"
	"slices"
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

// RequireValid fails unless tags keep what [tagging.Tags] promises: [tagging.Tags.Validate], and evidence for whatever a
// tagger says.
func RequireValid(t *testing.T, tags tagging.Tags) {
	t.Helper()
	require.NoError(t, tags.Validate())
	if tags.Affect.Known {
		require.NotEmpty(t, tags.AffectEvidence, "a known affect says where it comes from")
	}
	for _, tag := range slices.Concat(tags.Moods, tags.Objects, tags.Scenes) {
		require.NotEmpty(t, tag.Evidence, "%s has evidence", tag.Name)
	}
	for _, c := range tags.Care {
		require.NotEmpty(t, c.Evidence, "%s has evidence", c.Topic)
	}
}
