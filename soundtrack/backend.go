package soundtrack

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/modelhub"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/ort"
)

// remedyRuntime is the next step towards ONNX Runtime.
const remedyRuntime = "soundtrack models pull runtime"

// DefaultBackend returns what models run on unless [WithBackend] says otherwise: ONNX Runtime where its library is found,
// in the environment, in the cache of hub or in the system, else pure Go. A library that is found and cannot be loaded does
// not keep a model from running; the Note of [vision.SessionInfo] says why it runs in pure Go. hub may be nil.
// The backend is safe for concurrent use.
func DefaultBackend(hub *modelhub.Hub) vision.Backend {
	return &autoBackend{hub: hub, logger: slog.New(slog.DiscardHandler)}
}

// autoBackend decides each time that a model is opened.
type autoBackend struct {
	hub    *modelhub.Hub
	logger *slog.Logger // gets the details, which may hold paths
}

// Open implements [vision.Backend].
func (b *autoBackend) Open(ctx context.Context, model vision.ModelFile, o vision.SessionOptions) (vision.Session, error) {
	session, err := b.openRuntime(ctx, model, o)
	if err == nil || (!errors.Is(err, ort.ErrUnavailable) && !errors.Is(err, ort.ErrInUse)) {
		return session, err
	}
	b.logger.InfoContext(ctx, "models run in pure Go", "error", err)
	note := presentable(err)
	if session, err = onnx.New().Open(ctx, model, o); err != nil {
		return nil, err
	}
	return notedSession{session, note}, nil
}

// openRuntime opens a model on ONNX Runtime.
func (b *autoBackend) openRuntime(ctx context.Context, model vision.ModelFile, o vision.SessionOptions) (vision.Session, error) {
	var opts []ort.Option
	if b.hub != nil {
		if library, ok := b.hub.CachedRuntime(); ok {
			opts = append(opts, ort.WithCachedLibrary(library))
		}
	}
	runtime, err := ort.New(opts...)
	if err != nil {
		return nil, err
	}
	return runtime.Open(ctx, model, o)
}

// notedSession is a session with the reason why it is not on ONNX Runtime.
type notedSession struct {
	vision.Session
	note string
}

// Info implements [vision.Session].
func (s notedSession) Info() vision.SessionInfo {
	info := s.Session.Info()
	info.Note = s.note
	return info
}

// presentable is why ONNX Runtime was not taken, for answers that strangers read: without paths of this machine.
func presentable(err error) string {
	why, ok := errors.AsType[*ort.UnavailableError](err)
	if !ok || strings.ContainsAny(why.Reason, `/\`) {
		return "no ONNX Runtime: its library cannot be used"
	}
	return "no ONNX Runtime: " + why.Reason
}
