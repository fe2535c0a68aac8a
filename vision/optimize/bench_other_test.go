//go:build !unix

package optimize

import (
	"testing"
	"time"
)

var started = time.Now()

// processorTime is the time on the wall, where nothing better is at hand.
func processorTime(*testing.B) time.Duration { return time.Since(started) }
