package tagging

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEraOfALook(t *testing.T) {
	t.Parallel()
	date := time.Date(2004, 5, 1, 0, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		name       string
		look       look
		label      EraLabel
		decade     int
		confidence float64
	}{
		{"nothing seen", look{}, EraUnknown, 0, 0},
		{"old", look{looked: true, old: .6}, EraOld, 0, .6},
		{"perhaps old", look{looked: true, old: .59}, EraUnknown, 0, 0},
		{"perhaps modern", look{looked: true, old: .021}, EraUnknown, 0, 0},
		{"modern", look{looked: true, old: .02}, EraModern, 0, .98},
		{"dated", look{captured: date}, EraModern, 2000, .95},
		{"dated and not quite old", look{looked: true, old: .59, captured: date}, EraModern, 2000, .95},
		{"dated, the look no number", look{looked: true, old: math.NaN(), captured: date}, EraModern, 2000, .95},
		{"no number", look{looked: true, old: math.NaN()}, EraUnknown, 0, 0},
		{"a dated scan", look{looked: true, old: .6, captured: date}, EraUnknown, 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			era := row.look.era()
			require.Equal(t, row.label, era.Label)
			require.Equal(t, row.decade, era.Decade)
			require.Equal(t, row.decade == 0, era.Captured.IsZero())
			require.InDelta(t, row.confidence, era.Confidence, 1e-12)
			require.NoError(t, Tags{Era: era}.Validate())
		})
	}
	require.Len(t, look{looked: true, old: .7, captured: date}.era().Evidence, 2, "a scan shows date and look")
}
