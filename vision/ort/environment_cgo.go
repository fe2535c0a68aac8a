//go:build cgo

package ort

import (
	"context"
	"sync"

	onnxruntime "github.com/yalue/onnxruntime_go"
)

// environment is the one that ONNX Runtime has in a process, held by the open sessions. It is the only variable of this
// package, because its C library has it too.
var environment sharedEnvironment

type sharedEnvironment struct {
	mu       sync.Mutex
	sessions int
	path     string // of the library, while sessions > 0
}

// acquire makes the environment, or joins it if it is of the same library. Every nil needs a release.
func (e *sharedEnvironment) acquire(ctx context.Context, lib library) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.sessions > 0 && e.path != lib.path {
		return &InUseError{Loaded: e.path, Wanted: lib.path}
	}
	if e.sessions == 0 {
		if err := load(ctx, lib); err != nil {
			return err
		}
		e.path = lib.path
	}
	e.sessions++
	return nil
}

// release gives back what acquire gave. The last one frees the environment; all sessions must be freed before.
func (e *sharedEnvironment) release() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.sessions--; e.sessions == 0 {
		_ = onnxruntime.DestroyEnvironment() // fails only if there is none, or if the library cannot be unloaded
	}
}

// load loads a library and makes the environment. Logging goes nowhere but into errors.
func load(ctx context.Context, lib library) error {
	if lib.digest != "" {
		if err := checkFile(ctx, lib.path, lib.digest); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return noLibrary("%s: %v", lib.path, err)
		}
	}
	onnxruntime.SetSharedLibraryPath(lib.path)
	if err := onnxruntime.InitializeEnvironment(onnxruntime.WithLogLevelFatal()); err != nil {
		return noLibrary("%s cannot be loaded: %v", lib.path, err)
	}
	_ = onnxruntime.DisableTelemetry() // only Windows has it
	return nil
}
