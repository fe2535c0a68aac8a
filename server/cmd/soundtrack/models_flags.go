package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/modelhub"
	"github.com/soundtrack-go/sdk/vision/onnx"
	"github.com/soundtrack-go/sdk/vision/ort"
)

// modelFlags say which encoder to use, what runs it and where models come from.
type modelFlags struct {
	Encoder string `help:"Encoder, see 'models list', or palette for colours only. Also --preset. Default: the best that is cached, else compact." aliases:"preset" env:"SOUNDTRACK_ENCODER,SOUNDTRACK_PRESET" placeholder:"NAME"`
	Backend string `help:"What runs the encoder: auto (ONNX Runtime if its library is found, else pure Go), go, onnxruntime, or cuda (a graphics card if it can be used, else the processor)." enum:"auto,go,onnxruntime,cuda" default:"auto"`

	hubFlags `embed:""`
}

const autoBackend = "auto"

// hubFlags say where models come from.
type hubFlags struct {
	Manifest []string `help:"Manifest of a model of your own, or a folder of them (*.json); may be repeated. One with the name of a preset replaces it. A single one is used without --encoder." type:"path" placeholder:"FILE|DIR" sep:"none"`
	Offline  bool     `help:"Use no network: only models that are cached."`
	CacheDir string   `help:"Folder for models. Default: the user's cache folder." type:"path" placeholder:"DIR"`
	From     string   `help:"Take the model's files from this file, folder or address instead of those in its manifest." placeholder:"FILE|DIR|URL"`
}

func (f hubFlags) hub(progress func(modelhub.Progress)) (*modelhub.Hub, error) {
	opts := soundtrack.Converters()
	if f.Offline {
		opts = append(opts, modelhub.WithOffline())
	}
	if f.CacheDir != "" {
		opts = append(opts, modelhub.WithCacheDir(f.CacheDir))
	}
	if f.From != "" {
		opts = append(opts, modelhub.WithFrom(f.From))
	}
	if progress != nil {
		opts = append(opts, modelhub.WithProgress(progress))
	}
	hub, err := modelhub.New(opts...)
	if err != nil {
		return nil, &usageError{err}
	}
	return hub, nil
}

// own are the manifests that the user brings.
func (f hubFlags) own() ([]vision.Manifest, error) {
	var own []vision.Manifest
	for _, name := range f.Manifest {
		list, err := modelhub.ReadManifests(name)
		if err != nil {
			return nil, &usageError{err}
		}
		for _, m := range list {
			if indexOf(own, m.ID) >= 0 {
				return nil, &usageError{fmt.Errorf("two manifests are called %s", m.ID)}
			}
			own = append(own, m)
		}
	}
	return own, nil
}

// known are all manifests that a command may name: the presets, best first, with the user's own in their place or before
// them.
func (f hubFlags) known() ([]vision.Manifest, error) {
	own, err := f.own()
	if err != nil {
		return nil, err
	}
	presets := soundtrack.Manifests()
	var others []vision.Manifest
	for _, m := range own {
		if i := indexOf(presets, m.ID); i >= 0 {
			presets[i] = m
		} else {
			others = append(others, m)
		}
	}
	return append(others, presets...), nil
}

// manifest finds one by its id. All errors are of usage.
func (f hubFlags) manifest(id string) (vision.Manifest, error) {
	known, err := f.known()
	if err != nil {
		return vision.Manifest{}, err
	}
	i := indexOf(known, id)
	if i < 0 {
		return vision.Manifest{}, unknownModel(id, known)
	}
	return known[i], nil
}

func unknownModel(id string, known []vision.Manifest) error {
	names := make([]string, len(known))
	for i, m := range known {
		names[i] = m.ID
	}
	return &usageError{fmt.Errorf("unknown model %q; there are %s; see: soundtrack models list", id, strings.Join(names, ", "))}
}

func indexOf(manifests []vision.Manifest, id string) int {
	return slices.IndexFunc(manifests, func(m vision.Manifest) bool { return m.ID == id })
}

// check finds out, before anything is done, whether the flags name what there is.
func (f modelFlags) check() error {
	if f.Encoder == "" || f.Encoder == soundtrack.PresetPalette {
		_, err := f.own()
		return err
	}
	_, err := f.manifest(f.Encoder)
	return err
}

// choose makes the options that say which encoder to open, and on what.
func (f modelFlags) choose(hub *modelhub.Hub) ([]soundtrack.Option, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	own, err := f.own()
	if err != nil {
		return nil, err
	}
	opts := []soundtrack.Option{soundtrack.WithModelHub(hub)}
	if f.Backend != autoBackend { // else soundtrack chooses, and logs why
		backend, err := f.run(hub)
		if err != nil {
			return nil, err
		}
		opts = append(opts, soundtrack.WithBackend(backend))
	}
	i := indexOf(own, f.Encoder)
	if f.Encoder == "" && len(own) == 1 {
		i = 0
	}
	switch {
	case i >= 0:
		return append(opts, soundtrack.WithManifest(own[i])), nil
	case f.Encoder == "":
		return opts, nil
	}
	return append(opts, soundtrack.WithPreset(f.Encoder)), nil
}

// run is the backend that the flags ask for. One that was asked for by name and is not at hand is an error.
func (f modelFlags) run(hub *modelhub.Hub) (vision.Backend, error) {
	switch f.Backend {
	case autoBackend:
		return soundtrack.DefaultBackend(hub), nil
	case "go":
		return onnx.New(), nil
	}
	providers := []ort.Provider{ort.CPU{}}
	if f.Backend == "cuda" {
		providers = []ort.Provider{ort.CUDA{}, ort.CPU{}}
	}
	runtime, err := onnxRuntime(hub, ort.WithProviders(providers...))
	if err != nil {
		return nil, err
	}
	if _, err := runtime.Library(); err != nil {
		return nil, err
	}
	return runtime, nil
}

// onnxRuntime is the backend with the library that was pulled, unless the environment names one.
func onnxRuntime(hub *modelhub.Hub, opts ...ort.Option) (*ort.Backend, error) {
	if library, ok := hub.CachedRuntime(); ok {
		opts = append(opts, ort.WithCachedLibrary(library))
	}
	return ort.New(opts...)
}
