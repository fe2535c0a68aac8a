package server

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLane(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLane("picture", 1, 2, 300*time.Millisecond, NewMetrics())
		leave, err := l.enter(t.Context())
		require.NoError(t, err)
		require.False(t, l.full(), "the queue is empty")

		type result struct {
			place int
			after time.Duration
			err   error
		}
		begun := time.Now()
		results := make(chan result, 2)
		for place := range 2 {
			go func() {
				leave, err := l.enter(t.Context())
				results <- result{place, time.Since(begun), err}
				if err == nil {
					leave()
				}
			}()
			synctest.Wait() // so that they stand in order
		}
		require.True(t, l.full())

		_, err = l.enter(t.Context())
		busy := new(BusyError)
		require.ErrorAs(t, err, &busy)
		require.ErrorIs(t, err, ErrBusy)
		require.Equal(t, "queue", busy.Cause)
		require.Zero(t, time.Since(begun), "who finds the queue full does not wait")

		time.Sleep(100 * time.Millisecond) // of the bubble's clock
		leave()
		for place := range 2 {
			r := <-results
			require.NoError(t, r.err)
			require.Equal(t, place, r.place, "first come, first served")
			require.Equal(t, 100*time.Millisecond, r.after)
		}
	})
}

func TestLaneWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLane("picture", 1, 1, 300*time.Millisecond, NewMetrics())
		leave, err := l.enter(t.Context())
		require.NoError(t, err)
		defer leave()

		begun := time.Now()
		_, err = l.enter(t.Context())
		busy := new(BusyError)
		require.ErrorAs(t, err, &busy)
		require.Equal(t, "wait", busy.Cause)
		require.Equal(t, 300*time.Millisecond, time.Since(begun))

		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		_, err = l.enter(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded, "the caller's own end comes first")
		require.Equal(t, 310*time.Millisecond, time.Since(begun))

		done, stop := context.WithCancel(t.Context())
		stop()
		_, err = l.enter(done)
		require.ErrorIs(t, err, context.Canceled)
		require.Zero(t, l.gauges.waiting.load())
	})
}

func TestLaneWithoutQueue(t *testing.T) {
	t.Parallel()
	l := newLane("remote", 1, 0, time.Second, NewMetrics())
	require.False(t, l.full())
	leave, err := l.enter(t.Context())
	require.NoError(t, err)
	require.True(t, l.full())
	_, err = l.enter(t.Context())
	require.True(t, errors.Is(err, ErrBusy))
	leave()
	require.NoError(t, l.drain(t.Context()))
}
