package preview

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBreakerOpensAndCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b breaker
		call := func(how outcome) {
			t.Helper()
			_, ok := b.allow(time.Now())
			require.True(t, ok)
			b.report(time.Now(), how, 0)
		}
		for range maxFailures - 1 {
			call(failure)
		}
		call(success) // failures that do not follow each other do not count
		for range maxFailures {
			call(failure)
		}
		time.Sleep(rest - time.Second)
		wait, ok := b.allow(time.Now())
		require.False(t, ok)
		require.Equal(t, time.Second, wait)

		time.Sleep(time.Second)
		_, ok = b.allow(time.Now())
		require.True(t, ok, "one call tries")
		_, ok = b.allow(time.Now())
		require.False(t, ok, "only one")
		b.report(time.Now(), failure, 0)
		_, ok = b.allow(time.Now())
		require.False(t, ok, "open for another rest")

		time.Sleep(rest)
		call(success)
		for range maxFailures - 1 {
			call(failure) // closed: it counts from the start
		}
		call(success)
	})
}

func TestBreakerWaitsAsAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b breaker
		b.report(time.Now(), asked, time.Minute)
		b.report(time.Now(), asked, time.Second) // does not shorten it
		wait, ok := b.allow(time.Now())
		require.False(t, ok)
		require.Equal(t, time.Minute, wait)
		time.Sleep(time.Minute)
		_, ok = b.allow(time.Now())
		require.True(t, ok)
		b.report(time.Now(), asked, 24*time.Hour)
		wait, _ = b.allow(time.Now())
		require.Equal(t, maxHold, wait, "nobody is believed for a day")
	})
}

// A call that was allowed but not made must not keep the single try for ever.
func TestBreakerGivesTheTryBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b breaker
		for range maxFailures {
			b.report(time.Now(), failure, 0)
		}
		time.Sleep(rest)
		for range 3 {
			_, ok := b.allow(time.Now())
			require.True(t, ok)
			b.report(time.Now(), untold, 0)
		}
	})
}

func TestLateFailuresDoNotLengthenTheRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b breaker
		for range maxFailures {
			b.report(time.Now(), failure, 0)
		}
		time.Sleep(rest / 2)
		b.report(time.Now(), failure, 0)
		time.Sleep(rest / 2)
		_, ok := b.allow(time.Now())
		require.True(t, ok)
	})
}
