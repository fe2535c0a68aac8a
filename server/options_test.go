package server

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

func TestOptionsCheckThemselves(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]Option{
		"logger": WithLogger(nil), "metrics": WithMetrics(nil), "page": WithPage(nil), "previews": WithPreviews(nil), "demos": WithDemos(nil),
		"no roots": WithMediaRoots(), "missing root": WithMediaRoots("/does/not/exist"), "file as root": WithMediaRoots("options_test.go"),
		"no origin": WithAllowedOrigins(""), "any origin": WithAllowedOrigins("*"), "origin with a path": WithAllowedOrigins("https://a.example/x"),
		"negative limits": WithLimits(vision.Limits{Side: -1}), "huge limits": WithLimits(vision.Limits{Bytes: 2 << 30}),
		"no slots": WithSlots(0), "many slots": WithSlots(5000), "negative queue": WithQueue(-1, time.Second), "no wait": WithQueue(1, 0),
		"long wait": WithQueue(1, time.Minute), "memory": WithMemory(1), "bodies": WithBodies(0), "no time": WithTimeouts(time.Second, 0),
		"reading longer than all": WithTimeouts(time.Second, 2*time.Second), "long time": WithTimeouts(time.Hour, time.Second),
		"delay": WithShutdown(2*time.Second, time.Second), "negative delay": WithShutdown(-1, 0), "connections": WithConnections(0),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(newFake(t), option)
			require.ErrorContains(t, err, "server: With")
		})
	}
	_, err := New(nil)
	require.ErrorContains(t, err, "want an engine")
}

// TestDefaults are those that the documentation states.
func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := newConfig(nil)
	require.NoError(t, err)
	require.Equal(t, runtime.GOMAXPROCS(0), c.slots)
	require.Equal(t, 4*c.slots, c.queue)
	require.Equal(t, 300*time.Millisecond, c.wait)
	require.EqualValues(t, 512<<20, c.memory)
	require.EqualValues(t, 512<<20, c.bodies)
	require.EqualValues(t, 16<<20, c.limits.Bytes)
	require.Equal(t, 15*time.Second, c.timeout)
	require.Equal(t, 10*time.Second, c.readTime)
	require.Equal(t, 2*time.Second, c.delay)
	require.Equal(t, 20*time.Second, c.grace)
	require.Equal(t, 1024, c.conns)
	require.False(t, c.log.Enabled(t.Context(), 100), "silence")
	c, err = newConfig([]Option{WithSlots(3)})
	require.NoError(t, err)
	require.Equal(t, 12, c.queue)
}
