//go:build cgo

package ort

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	onnxruntime "github.com/yalue/onnxruntime_go"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// built says that this program can load a library.
const built = true

// open makes a session: the library first, since without it nothing else matters.
func (b *Backend) open(ctx context.Context, model vision.ModelFile, opts vision.SessionOptions) (vision.Session, error) {
	threads := max(1, opts.Threads)
	if opts.Threads < 0 || threads > maxThreads {
		return nil, fmt.Errorf("ort: %d threads: want 0 to %d", opts.Threads, maxThreads)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	lib, err := b.find()
	if err != nil {
		return nil, err
	}
	if err := environment.acquire(ctx, lib); err != nil {
		return nil, err
	}
	s, err := b.load(ctx, model, threads)
	returnMemory()
	if err != nil {
		environment.release()
		return nil, err
	}
	return s, nil
}

// load makes a session in the environment, which the session has to release.
func (b *Backend) load(ctx context.Context, model vision.ModelFile, threads int) (*session, error) {
	data, err := b.read(ctx, model)
	if err != nil {
		return nil, err
	}
	defer data.free()
	name := filepath.Base(model.Path)
	outline, err := onnxfile.Inspect(data.bytes)
	if err != nil {
		return nil, &vision.ModelError{Model: name, Reason: err.Error()}
	}
	s := newSession(outline, b.runsAtOnce(threads))
	if err := s.checkTypes(name); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := b.create(s, data.bytes, name, threads); err != nil {
		return nil, err
	}
	return s, nil
}

// create has the library load the model with the first provider that works.
func (b *Backend) create(s *session, data []byte, name string, threads int) error {
	var refused []string
	for _, provider := range b.providers {
		options, err := b.sessionOptions(provider, threads)
		if err != nil {
			refused = append(refused, refusal(provider, err))
			continue
		}
		inputs, outputs := names(s.signature.Inputs), names(s.computed)
		_, isCPU := provider.(CPU)
		create := func() {
			s.runtime, err = onnxruntime.NewDynamicAdvancedSessionWithONNXData(data, inputs, outputs, options)
		}
		if isCPU {
			create()
		} else {
			keepSignals(create) // or Ctrl-C no longer reaches Go once the driver is up
		}
		_ = options.Destroy() // fails only if it was destroyed before
		switch {
		case err == nil:
			s.bound = !isCPU
			s.info = vision.SessionInfo{
				Backend: "ONNX Runtime " + onnxruntime.GetVersion(), Device: provider.name(), Note: strings.Join(refused, "; "),
			}
			return nil
		case isCPU: // then it is the model
			return loadError(name, err)
		}
		refused = append(refused, refusal(provider, err))
	}
	return &ProviderError{Reason: strings.Join(refused, "; ")}
}

// sessionOptions are what the package documentation promises, in ONNX Runtime's words.
func (b *Backend) sessionOptions(provider Provider, threads int) (*onnxruntime.SessionOptions, error) {
	options, err := onnxruntime.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	for _, set := range []func() error{
		func() error { return options.SetExecutionMode(onnxruntime.ExecutionModeSequential) },
		func() error { return options.SetIntraOpNumThreads(threads) },
		func() error { return options.SetInterOpNumThreads(1) },
		func() error { return options.SetCpuMemArena(b.arena) },
		func() error { return options.SetMemPattern(b.arena) },
		func() error { return options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0") },
		func() error { return options.SetLogSeverityLevel(onnxruntime.LoggingLevelFatal) },
		func() error { return appendProvider(options, provider) },
	} {
		if err := set(); err != nil {
			_ = options.Destroy()
			return nil, err
		}
	}
	return options, nil
}

// appendProvider asks for a provider. A library without CUDA says so in the first error.
func appendProvider(options *onnxruntime.SessionOptions, provider Provider) error {
	cuda, ok := provider.(CUDA)
	if !ok {
		return nil // the CPU is always there
	}
	var err error
	keepSignals(func() {
		var o *onnxruntime.CUDAProviderOptions
		if o, err = onnxruntime.NewCUDAProviderOptions(); err != nil {
			return
		}
		defer func() { _ = o.Destroy() }()
		if err = o.Update(cuda.options()); err == nil {
			err = options.AppendExecutionProviderCUDA(o)
		}
	})
	return err
}

// loadError says what the library has against a model. Its status codes do not reach us, its words do.
func loadError(name string, err error) error {
	reason := plain(err)
	for _, words := range []string{
		"No Op registered for", "is not a registered function/op", "Could not find an implementation for",
		"Unsupported model IR version", "is under development and support for this is limited",
	} {
		if strings.Contains(reason, words) {
			return &UnsupportedError{Model: name, Reason: reason}
		}
	}
	return &vision.ModelError{Model: name, Reason: reason}
}

// refusal says why a provider cannot be used, in the library's words less those that are about its own source and about
// this machine: notes are shown to strangers.
func refusal(p Provider, err error) string {
	reason := plain(err)
	if i := strings.LastIndex(reason, "[ONNXRuntimeError]"); i >= 0 { // where in the source, then " : 1 : FAIL : " and why
		parts := strings.SplitN(reason[i:], " : ", 4)
		reason = parts[len(parts)-1]
	}
	reason, _, _ = strings.Cut(reason, " ; GPU=")                         // with the name of the machine behind it
	folder := filepath.Dir(environment.path) + string(filepath.Separator) // of the library, which open holds
	return p.name() + ": " + strings.ReplaceAll(reason, folder, "")
}

// plain drops what onnxruntime_go puts before the library's words.
func plain(err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "Error creating C session: "), "Error running network: ")
}

func names(infos []vision.TensorInfo) []string {
	out := make([]string, len(infos))
	for i, info := range infos {
		out[i] = info.Name
	}
	return out
}
