package modelhub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/adrg/xdg"
)

// Option changes a [Hub].
type Option interface{ apply(*config) error }

type optionFunc func(*config) error

func (f optionFunc) apply(c *config) error { return f(c) }

// Converter makes the file that is used out of the file that was fetched, size bytes in original. It writes the same
// bytes to dst every time and on every platform, keeps neither argument, and returns ctx's error soon after ctx is done.
type Converter func(ctx context.Context, original io.ReaderAt, size int64, dst io.Writer) error

// Progress says how far a transfer has come.
type Progress struct {
	File  string // name of the manifest's file, also while its package is fetched
	Done  int64  // bytes so far, those of an earlier call included
	Total int64  // bytes in all, or -1 if the server does not say
}

const (
	defaultMaxBytes = 4 << 30
	defaultRetries  = 4
)

// config is what options and environment add up to.
type config struct {
	dir        string
	offline    bool
	from       string
	client     *http.Client
	closeIdle  func() // drops the default client's idle connections; nothing for a client of the user
	progress   func(Progress)
	converters map[string]Converter
	maxBytes   int64
	retries    int
	env        func(string) string

	hubBase      *url.URL // replaces https://huggingface.co; nil keeps it
	packageIndex *url.URL // SOUNDTRACK_PACKAGE_INDEX
	pipIndex     *url.URL // PIP_INDEX_URL
	noClient     bool

	// Seams for tests.
	firstPause time.Duration                                    // before the first retry
	silence    time.Duration                                    // after which a transfer counts as broken
	lookPath   func(string) (string, error)                     // exec.LookPath
	openFile   func(string, int, os.FileMode) (diskFile, error) // os.OpenFile
}

// WithCacheDir sets the folder of the cache, which is created when first needed. The default is SOUNDTRACK_CACHE/models,
// or soundtrack/models in the user's cache folder. dir must not be empty.
func WithCacheDir(dir string) Option {
	return optionFunc(func(c *config) error {
		if dir == "" {
			return errors.New("modelhub: WithCacheDir: want a folder")
		}
		c.dir = dir
		return nil
	})
}

// WithOffline keeps the hub off the network and from starting package clients. SOUNDTRACK_OFFLINE=1 does the same.
func WithOffline() Option {
	return optionFunc(func(c *config) error {
		c.offline = true
		return nil
	})
}

// WithFrom names the only place to get files from, instead of those in manifests: the path of a local file or folder, or
// an http or https URL. A file may be the model's, the one before conversion, or the package that holds it; the digests of
// the manifest tell which. A model of several files needs a folder, in which they have the manifest's names or those of
// their repository. The default, from the manifests.
func WithFrom(source string) Option {
	return optionFunc(func(c *config) error {
		if source == "" {
			return errors.New("modelhub: WithFrom: want a file or URL")
		}
		c.from = source
		return nil
	})
}

// WithHTTPClient sets the client for downloads, for instance one that authenticates. The hub does not change it. The
// default follows the proxy settings of the environment.
func WithHTTPClient(client *http.Client) Option {
	return optionFunc(func(c *config) error {
		if client == nil {
			return errors.New("modelhub: WithHTTPClient: want a client")
		}
		c.client = client
		return nil
	})
}

// WithProgress sets a function that is told how transfers come along: several times a second at most, and at the end of
// each. It is called on the goroutine of Fetch, so several at once if there are, and should return soon. Package clients and local files report nothing.
// The default is silence.
func WithProgress(f func(Progress)) Option {
	return optionFunc(func(c *config) error {
		if f == nil {
			return errors.New("modelhub: WithProgress: want a function")
		}
		c.progress = f
		return nil
	})
}

// WithConverter registers a converter under the name that manifests use in File.Convert. A name can be taken only once.
func WithConverter(name string, convert Converter) Option {
	return optionFunc(func(c *config) error {
		if name == "" || convert == nil || c.converters[name] != nil {
			return fmt.Errorf("modelhub: WithConverter(%q): want a name of its own and a function", name)
		}
		c.converters[name] = convert
		return nil
	})
}

// WithMaxBytes caps the length of anything that the hub writes: downloads, extracted and converted files.
// n must be positive; the default is 4 GiB.
func WithMaxBytes(n int64) Option {
	return optionFunc(func(c *config) error {
		if n < 1 {
			return fmt.Errorf("modelhub: WithMaxBytes(%d): want a positive number", n)
		}
		c.maxBytes = n
		return nil
	})
}

// WithRetries sets how often a transfer from one URL is retried without progress. n must be in [0, 100]; the default is 4.
func WithRetries(n int) Option {
	return optionFunc(func(c *config) error {
		if n < 0 || n > 100 {
			return fmt.Errorf("modelhub: WithRetries(%d): want 0 to 100", n)
		}
		c.retries = n
		return nil
	})
}

// WithoutPackageClient keeps the hub from starting pip or uv. Packages then come from an index that the environment names.
func WithoutPackageClient() Option {
	return optionFunc(func(c *config) error {
		c.noClient = true
		return nil
	})
}

// WithEnv replaces os.Getenv for the variables that this package reads: SOUNDTRACK_CACHE, SOUNDTRACK_OFFLINE,
// SOUNDTRACK_PACKAGE_INDEX, PIP_INDEX_URL and HF_ENDPOINT. They are read once, by New; options win over them.
// Package clients inherit the environment of the process all the same.
func WithEnv(lookup func(string) string) Option {
	return optionFunc(func(c *config) error {
		if lookup == nil {
			return errors.New("modelhub: WithEnv: want a function")
		}
		c.env = lookup
		return nil
	})
}

// newConfig applies options and then, where they left something open, the environment.
func newConfig(opts []Option) (*config, error) {
	c := &config{
		converters: make(map[string]Converter),
		maxBytes:   defaultMaxBytes,
		retries:    defaultRetries,
		progress:   func(Progress) {},
		env:        os.Getenv,
		firstPause: 500 * time.Millisecond,
		silence:    30 * time.Second,
		lookPath:   exec.LookPath,
		openFile:   openDiskFile,
	}
	for _, opt := range opts {
		if err := opt.apply(c); err != nil {
			return nil, err
		}
	}
	if c.dir == "" {
		base := c.env("SOUNDTRACK_CACHE")
		if base == "" {
			base = filepath.Join(xdg.CacheHome, "soundtrack")
		}
		c.dir = filepath.Join(base, "models")
	}
	dir, err := filepath.Abs(c.dir)
	if err != nil {
		return nil, fmt.Errorf("modelhub: cache folder: %w", err)
	}
	c.dir = dir
	if v := c.env("SOUNDTRACK_OFFLINE"); v != "" {
		offline, err := strconv.ParseBool(v)
		if err != nil {
			return nil, fmt.Errorf("modelhub: SOUNDTRACK_OFFLINE=%q: want 1 or 0", v)
		}
		c.offline = c.offline || offline
	}
	for name, field := range map[string]**url.URL{
		"SOUNDTRACK_PACKAGE_INDEX": &c.packageIndex, "PIP_INDEX_URL": &c.pipIndex, "HF_ENDPOINT": &c.hubBase,
	} {
		if *field, err = baseURL(c.env(name)); err != nil {
			return nil, fmt.Errorf("modelhub: %s: want an http or https URL", name) // the value may hold a password
		}
	}
	c.closeIdle = func() {}
	if c.client == nil {
		c.client = newClient()
		c.closeIdle = c.client.CloseIdleConnections
	}
	return c, nil
}

// newClient makes the default client. Its own: closing idle connections must not concern http.DefaultClient.
func newClient() *http.Client {
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ForceAttemptHTTP2:     true,
		DisableCompression:    true,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
		IdleConnTimeout:       10 * time.Second,
		MaxIdleConns:          4,
	}
	return &http.Client{Transport: transport}
}

// baseURL parses an address that paths are appended to. Empty gives nil.
func baseURL(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, errors.New("not an http URL")
	}
	return u, nil
}
