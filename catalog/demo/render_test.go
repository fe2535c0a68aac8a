package demo

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRenderRefuses(t *testing.T) {
	t.Parallel()
	var missing *NotFoundError
	err := Render(t.Context(), io.Discard, "nobody")
	require.ErrorAs(t, err, &missing)
	require.ErrorIs(t, err, ErrNotFound)
	require.Equal(t, "nobody", missing.Name)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, Render(ctx, io.Discard, Tracks()[0].Name), context.Canceled)
}

type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestRenderReportsTheWriter(t *testing.T) {
	t.Parallel()
	require.ErrorIs(t, Render(t.Context(), full{}, Tracks()[0].Name), errFull)
}

func BenchmarkRender(b *testing.B) {
	for _, track := range Tracks() {
		b.Run("track="+track.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := Render(b.Context(), io.Discard, track.Name); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
