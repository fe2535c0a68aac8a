package server

import (
	"context"
	"time"

	"github.com/soundtrack-go/sdk/soundtrack"
)

const (
	shortly = 200 * time.Millisecond
	long    = 10 * time.Second // for what must happen, however busy the machine is
)

// waitFor works until the call is over.
func waitFor(ctx context.Context, _ soundtrack.Request) error {
	<-ctx.Done()
	return ctx.Err()
}
