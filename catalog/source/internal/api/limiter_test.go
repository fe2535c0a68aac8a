package api

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog/source"
)

// However the calls come, no window of 5 s sees more than 50 of them start, and none waits longer than it must.
func TestLimiterCountsEveryWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter("fake", 50, 5*time.Second)
		start := time.Now()
		var starts []time.Time
		for i := range 175 {
			if i == 60 {
				time.Sleep(2 * time.Second)
			}
			require.NoError(t, l.wait(t.Context()))
			starts = append(starts, time.Now())
		}
		for i := 50; i < len(starts); i++ {
			require.GreaterOrEqual(t, starts[i].Sub(starts[i-50]), 5*time.Second)
		}
		require.Equal(t, start, starts[49])
		require.Equal(t, 5*time.Second, starts[50].Sub(start))
		require.Equal(t, 17*time.Second, starts[174].Sub(start), "three windows and the pause of 2 s")
	})
}

func TestLimiterDoesNotWaitInVain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter("fake", 1, time.Minute)
		require.NoError(t, l.wait(t.Context()))
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 119*time.Second)
		defer cancel()
		busy := new(source.BusyError)
		require.ErrorAs(t, l.wait(ctx), &busy)
		require.Equal(t, time.Minute, busy.RetryAfter)
		require.Equal(t, start, time.Now(), "it says so at once")

		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		require.ErrorIs(t, l.wait(ctx), context.Canceled)
		require.Equal(t, time.Second, time.Since(start))
	})
}

func TestLimiterHolds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter("fake", 10, time.Second)
		l.hold(time.Minute)
		l.hold(time.Second) // a shorter one does not undo it
		start := time.Now()
		require.NoError(t, l.wait(t.Context()))
		require.Equal(t, time.Minute, time.Since(start))
	})
}
