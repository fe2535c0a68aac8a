package ort

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/soundtrack-go/sdk/vision"
)

// Option changes a [Backend] that [New] makes.
type Option interface{ apply(*config) error }

type optionFunc func(*config) error

func (f optionFunc) apply(c *config) error { return f(c) }

const (
	maxThreads           = 256
	defaultMaxModelBytes = 2<<30 - 1 // protobuf's own limit
)

// config is what options and environment add up to.
type config struct {
	library       string           // WithLibrary
	fromEnv       string           // SOUNDTRACK_ONNXRUNTIME
	cached        vision.ModelFile // WithCachedLibrary
	providers     []Provider
	maxRuns       int // 0 means by the number of cores
	arena         bool
	maxModelBytes int64
	env           func(string) string
	system        func(env func(string) string) []string // where libraries may be; a seam for tests
}

func newConfig(opts []Option) (*config, error) {
	c := &config{
		providers: []Provider{CPU{}}, arena: true, maxModelBytes: defaultMaxModelBytes, env: os.Getenv, system: systemLibraries,
	}
	for _, opt := range opts {
		if err := opt.apply(c); err != nil {
			return nil, err
		}
	}
	c.fromEnv = c.env(envLibrary)
	return c, nil
}

// WithLibrary names the file of the library, such as "/opt/onnxruntime/lib/libonnxruntime.so". path must not be empty.
// By default the library is looked for as the package documentation says.
func WithLibrary(path string) Option {
	return optionFunc(func(c *config) error {
		if path == "" {
			return errors.New("ort: WithLibrary: want a path")
		}
		c.library = path
		return nil
	})
}

// WithCachedLibrary names a library that was fetched and verified, by modelhub's CachedRuntime for instance. It is
// used if neither [WithLibrary] nor the environment name one, and its digest is verified again before it is loaded.
// The zero value, the default, names none.
func WithCachedLibrary(file vision.ModelFile) Option {
	return optionFunc(func(c *config) error {
		if (file.Path == "") != (file.SHA256 == "") {
			return fmt.Errorf("ort: WithCachedLibrary(%q): want a path and its digest", file.Path)
		}
		c.cached = file
		return nil
	})
}

// WithProviders says what may compute, in order of preference. A session uses the first provider that works, and says in
// [vision.SessionInfo] which one that is and what kept it from the ones before. If none works, [Backend.Open] fails: to
// allow falling back, end with [CPU]. The default is CPU alone. There must be at least one, and none twice.
func WithProviders(providers ...Provider) Option {
	return optionFunc(func(c *config) error {
		if len(providers) == 0 {
			return errors.New("ort: WithProviders: want at least one")
		}
		names := map[string]bool{}
		for _, p := range providers {
			if p == nil || names[p.name()] {
				return fmt.Errorf("ort: WithProviders(%v): want each provider once", providers)
			}
			names[p.name()] = true
			if err := p.check(); err != nil {
				return err
			}
		}
		c.providers = slices.Clone(providers)
		return nil
	})
}

// WithMaxRuns caps the runs of a session that go on at the same time; further ones wait, and a waiting one obeys its
// context. Each needs memory of its own. n must be in [1, 1024]; the default is the number of cores that the process may
// use, divided by the threads of a run: more do not compute faster.
func WithMaxRuns(n int) Option {
	return optionFunc(func(c *config) error {
		if n < 1 || n > 1024 {
			return fmt.Errorf("ort: WithMaxRuns(%d): want 1 to 1024", n)
		}
		c.maxRuns = n
		return nil
	})
}

// WithoutArena has the library return memory after every operator instead of keeping what the largest runs so far needed.
// Memory then shrinks between runs; how much longer they take depends on the system's allocator. The default is to keep
// it: it stays flat once every batch size has been seen as often at once as it will be.
func WithoutArena() Option {
	return optionFunc(func(c *config) error {
		c.arena = false
		return nil
	})
}

// WithMaxModelBytes refuses model files of more than n bytes. n must be in [1, 2³¹−1], which is the default.
func WithMaxModelBytes(n int64) Option {
	return optionFunc(func(c *config) error {
		if n < 1 || n > defaultMaxModelBytes {
			return fmt.Errorf("ort: WithMaxModelBytes(%d): want 1 to %d", n, defaultMaxModelBytes)
		}
		c.maxModelBytes = n
		return nil
	})
}

// WithEnv replaces os.Getenv for the variables that say where libraries are. They are read by New and [Backend.Library].
func WithEnv(lookup func(string) string) Option {
	return optionFunc(func(c *config) error {
		if lookup == nil {
			return errors.New("ort: WithEnv: want a function")
		}
		c.env = lookup
		return nil
	})
}
