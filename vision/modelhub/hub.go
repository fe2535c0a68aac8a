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

// Fetch returns the model that m describes, verified: its picture tower and, where m.Textual is there, its text tower and
// vocabulary. Set m.Textual to nil to leave those out. What is not cached is fetched. Cached files are hashed each time,
// about a second for a gigabyte.
//
// Errors match [vision.ErrModel] for a manifest that cannot be used, and the errors of this package for everything else.
// Files that were complete before the error stay: the next call continues.
func (h *Hub) Fetch(ctx context.Context, m vision.Manifest) (vision.Model, error) {
	if err := m.Validate(); err != nil {
		return vision.Model{}, err
	}
	model := vision.Model{Manifest: m}
	parts := partsOf(&model)
	for _, p := range parts { // before the first byte is fetched
		if err := h.checkFile(p.file); err != nil {
			return vision.Model{}, err
		}
	}
	for _, p := range parts {
		var err error
		if *p.into, err = h.FetchFile(ctx, p.file); err != nil {
			return vision.Model{}, err
		}
	}
	return model, nil
}

// FetchFile does for one file what [Hub.Fetch] does for a model: for runtime libraries and whatever else has a digest.
// A local file that the manifest names by a file URL is used where it is.
func (h *Hub) FetchFile(ctx context.Context, f vision.File) (vision.ModelFile, error) {
	if err := h.checkFile(f); err != nil {
		return vision.ModelFile{}, err
	}
	e := h.entry(f)
	cached := h.verify(ctx, e.path, f) // without a lock: files appear complete, and the cache may be read-only
	if cached == nil {
		return e.modelFile(f), nil
	}
	if path, ok := inPlace(f); ok && h.verify(ctx, path, f) == nil {
		return vision.ModelFile{Path: path, SHA256: f.SHA256}, nil
	}
	if err := ctx.Err(); err != nil {
		return vision.ModelFile{}, err
	}
	if h.offline && h.needsNetwork(f) {
		return vision.ModelFile{}, h.offlineError(e, f, cached)
	}
	unlock, err := h.lock(ctx, e)
	if err != nil {
		return vision.ModelFile{}, err
	}
	defer unlock()
	if h.verify(ctx, e.path, f) == nil { // somebody else fetched it while we waited
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

// Cached returns the model if its picture tower is at hand with the size of the manifest. The text tower and the
// vocabulary are filled in if both are. It does not read the files: [Hub.Fetch] and the backends verify digests.
func (h *Hub) Cached(m vision.Manifest) (vision.Model, bool) {
	if m.Validate() != nil {
		return vision.Model{}, false
	}
	model := vision.Model{Manifest: m}
	if !h.present(m.Visual.File, &model.Visual) {
		return vision.Model{}, false
	}
	if t := m.Textual; t != nil && (!h.present(t.File, &model.Textual) || !h.present(t.Vocabulary, &model.Vocabulary)) {
		model.Textual, model.Vocabulary = vision.ModelFile{}, vision.ModelFile{}
	}
	return model, true
}

// present finds f in the cache, or where it is used in place, by name and size.
func (h *Hub) present(f vision.File, into *vision.ModelFile) bool {
	if h.checkFile(f) != nil {
		return false
	}
	paths := []string{h.entry(f).path}
	if path, ok := inPlace(f); ok {
		paths = append(paths, path)
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err == nil && info.Mode().IsRegular() && (f.Size == 0 || info.Size() == f.Size) {
			*into = vision.ModelFile{Path: path, SHA256: f.SHA256}
			return true
		}
	}
	return false
}

// Verify hashes the files of m and returns nil if all are right. The error names the first that is not, and matches
// [ErrDigest], or [fs.ErrNotExist] if it is not there. Nothing is changed.
func (h *Hub) Verify(ctx context.Context, m vision.Manifest) error {
	if err := m.Validate(); err != nil {
		return err
	}
	for _, p := range partsOf(&vision.Model{Manifest: m}) {
		cached := h.verify(ctx, h.entry(p.file).path, p.file)
		if path, ok := inPlace(p.file); ok && errors.Is(cached, fs.ErrNotExist) {
			cached = h.verify(ctx, path, p.file)
		}
		if cached != nil {
			return cached
		}
	}
	return nil
}

// Remove deletes the files of m from the cache, and what interrupted downloads of them left, but not those that one of
// others needs as well, such as a vocabulary: others are the manifests whose models shall stay; those that are not cached do
// not count. A file that is not there is no error, and files that are used in place are never touched. A model in use may
// keep its file open: Windows then refuses to delete it.
func (h *Hub) Remove(ctx context.Context, m vision.Manifest, others ...vision.Manifest) error {
	if err := m.Validate(); err != nil {
		return err
	}
	needed := h.needed(others)
	for _, p := range partsOf(&vision.Model{Manifest: m}) {
		if needed[p.file.SHA256] {
			continue
		}
		if err := h.removeEntry(ctx, h.entry(p.file)); err != nil {
			return err
		}
	}
	return nil
}

// needed are the digests of the files of those models that are cached.
func (h *Hub) needed(manifests []vision.Manifest) map[string]bool {
	digests := make(map[string]bool)
	for _, m := range manifests {
		if _, ok := h.Cached(m); ok {
			for _, p := range partsOf(&vision.Model{Manifest: m}) {
				digests[p.file.SHA256] = true
			}
		}
	}
	return digests
}

func (h *Hub) removeEntry(ctx context.Context, e entry) error {
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

// part is a file of a manifest and where its verified place goes in the model.
type part struct {
	file vision.File
	into *vision.ModelFile
}

// partsOf lists the files of a model, in the order in which they are fetched: small before large among the texts'.
func partsOf(model *vision.Model) []part {
	m := &model.Manifest
	parts := []part{{m.Visual.File, &model.Visual}}
	if t := m.Textual; t != nil {
		parts = append(parts, part{t.Vocabulary, &model.Vocabulary}, part{t.File, &model.Textual})
	}
	return parts
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
