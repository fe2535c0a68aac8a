package modelhub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/soundtrack-go/sdk/vision"
)

// Hub fetches and caches the files of models. It is safe for concurrent use, also by several processes with the same
// cache. It needs no closing.
type Hub struct{ config }

// New makes a hub. It reads the environment once and touches neither disk nor network.
func New(opts ...Option) (*Hub, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	return &Hub{config: *c}, nil
}

// Dir returns the absolute path of the cache folder, which need not exist yet.
func (h *Hub) Dir() string { return h.dir }

// Fetch returns the model that m describes, verified. It is fetched if it is not cached. The cached file is hashed each
// time, about a second for a gigabyte.
//
// Errors match [vision.ErrModel] for a manifest that cannot be used, and the errors of this package for everything else.
func (h *Hub) Fetch(ctx context.Context, m vision.Manifest) (vision.Model, error) {
	if err := m.Validate(); err != nil {
		return vision.Model{}, err
	}
	file, err := h.FetchFile(ctx, m.Visual.File)
	if err != nil {
		return vision.Model{}, err
	}
	return vision.Model{Manifest: m, Visual: file}, nil
}

// FetchFile does for one file what [Hub.Fetch] does for a model: for vocabularies, text towers, runtime libraries.
func (h *Hub) FetchFile(ctx context.Context, f vision.File) (vision.ModelFile, error) {
	if err := h.checkFile(f); err != nil {
		return vision.ModelFile{}, err
	}
	e := h.entry(f)
	cached := h.verify(ctx, e, f) // without a lock: files appear complete, and the cache may be read-only
	if cached == nil {
		return e.modelFile(f), nil
	}
	if err := ctx.Err(); err != nil {
		return vision.ModelFile{}, err
	}
	if h.offline && (h.from == "" || isURL(h.from)) {
		return vision.ModelFile{}, h.offlineError(e, f, cached)
	}
	unlock, err := h.lock(ctx, e)
	if err != nil {
		return vision.ModelFile{}, err
	}
	defer unlock()
	if h.verify(ctx, e, f) == nil { // somebody else fetched it while we waited
		return e.modelFile(f), nil
	}
	e.sweep()
	defer e.sweep()
	defer h.closeIdle()
	if err := h.obtain(ctx, e, f); err != nil {
		return vision.ModelFile{}, err
	}
	return e.modelFile(f), nil
}

// Cached returns the model if its file is in the cache with the size of the manifest. It does not read the file:
// [Hub.Fetch] and the backends verify the digest.
func (h *Hub) Cached(m vision.Manifest) (vision.Model, bool) {
	f := m.Visual.File
	if m.Validate() != nil || h.checkFile(f) != nil {
		return vision.Model{}, false
	}
	e := h.entry(f)
	info, err := os.Stat(e.path)
	if err != nil || !info.Mode().IsRegular() || (f.Size > 0 && info.Size() != f.Size) {
		return vision.Model{}, false
	}
	return vision.Model{Manifest: m, Visual: e.modelFile(f)}, true
}

// Verify hashes the cached file of m and returns nil if it is the right one. The error matches [ErrDigest] if it is not,
// and [fs.ErrNotExist] if there is none. Nothing is changed.
func (h *Hub) Verify(ctx context.Context, m vision.Manifest) error {
	if err := m.Validate(); err != nil {
		return err
	}
	return h.verify(ctx, h.entry(m.Visual.File), m.Visual.File)
}

// Remove deletes the file of m from the cache, and what interrupted downloads of it left. A file that is not there is no
// error. A model in use may keep its file open: Windows then refuses to delete it.
func (h *Hub) Remove(ctx context.Context, m vision.Manifest) error {
	if err := m.Validate(); err != nil {
		return err
	}
	e := h.entry(m.Visual.File)
	if _, err := os.Lstat(e.dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, err := h.lock(ctx, e)
	if err != nil {
		return err
	}
	defer unlock()
	return cacheError(os.RemoveAll(e.dir))
}

// checkFile reports what modelhub needs of a file beyond [vision.Manifest.Validate].
func (h *Hub) checkFile(f vision.File) error {
	bad := func(format string, args ...any) error {
		return &vision.ModelError{Model: f.Name, Reason: "manifest: " + fmt.Sprintf(format, args...)}
	}
	switch {
	case !isBaseName(f.Name):
		return bad("file name %q: want a plain base name", f.Name)
	case !isDigest(f.SHA256) || (f.Archive != "" && !isDigest(f.Archive)) || (f.Original != "" && !isDigest(f.Original)):
		return bad("digests: want 64 lower-case hex digits, and one for the file itself")
	case f.Size < 0:
		return bad("size %d: want a positive number, or 0", f.Size)
	case f.Size > h.maxBytes:
		return &SizeError{File: f.Name, Got: f.Size, Want: h.maxBytes, Limit: true}
	case f.Convert != "" && f.Original == "":
		return bad("a converted file needs the digest of the original")
	case f.Convert != "" && h.converters[f.Convert] == nil:
		return fmt.Errorf("%w: no converter %q: register one with WithConverter", ErrConverter, f.Convert)
	}
	return nil
}

// offlineError explains what a person can do about a file that is missing or damaged in the cache.
func (h *Hub) offlineError(e entry, f vision.File, cached error) error {
	return &OfflineError{File: f.Name, Path: e.path, Cache: cached, Ways: waysToGet(f, e.path)}
}
