package preview

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Now()
	c := newCache(100)
	for i := range 1000 {
		c.put(strconv.Itoa(i), entry{playable: Playable{URL: strconv.Itoa(i)}, until: now.Add(time.Minute)}, now)
		_, ok := c.get("0", now) // used all the time, so it stays
		require.True(t, ok)
		require.LessOrEqual(t, len(c.slots), 100)
		require.Equal(t, len(c.slots), c.order.Len())
	}
	_, ok := c.get("1", now)
	require.False(t, ok, "used longest ago")
	got, ok := c.get("999", now)
	require.True(t, ok)
	require.Equal(t, "999", got.playable.URL)
}

func TestCacheForgets(t *testing.T) {
	t.Parallel()
	now := time.Now()
	c := newCache(2)
	c.put("late", entry{until: now}, now)
	_, ok := c.get("late", now)
	require.False(t, ok, "what is over is not kept")
	c.put("a", entry{playable: Playable{URL: "1"}, until: now.Add(time.Minute)}, now)
	c.put("a", entry{playable: Playable{URL: "2"}, until: now.Add(2 * time.Minute)}, now)
	got, ok := c.get("a", now.Add(time.Minute))
	require.True(t, ok)
	require.Equal(t, "2", got.playable.URL)
	_, ok = c.get("a", now.Add(2*time.Minute))
	require.False(t, ok)
	require.Empty(t, c.slots)

	// An answer that is replaced counts as used.
	for _, key := range []string{"a", "b", "a", "c"} {
		c.put(key, entry{until: now.Add(time.Minute)}, now)
	}
	require.Contains(t, c.slots, "a")
	require.NotContains(t, c.slots, "b")

	none := newCache(0)
	none.put("a", entry{until: now.Add(time.Minute)}, now)
	require.Empty(t, none.slots)
}
