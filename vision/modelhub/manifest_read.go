package modelhub

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/soundtrack-go/sdk/vision"
)

const maxManifest = 1 << 20 // bytes

// ReadManifest reads one manifest in JSON from r, to its end: the form that the field tags of [vision.Manifest] give.
// It is strict: unknown fields, a second value and more than 1 MiB are refused, and so is a manifest that
// [vision.Manifest.Validate] does not accept. Errors of r are wrapped; all others match [vision.ErrModel].
func ReadManifest(r io.Reader) (vision.Manifest, error) {
	bad := func(format string, args ...any) (vision.Manifest, error) {
		return vision.Manifest{}, &vision.ModelError{Model: "unnamed", Reason: "manifest: " + fmt.Sprintf(format, args...)}
	}
	limited := &io.LimitedReader{R: r, N: maxManifest + 1}
	data, err := io.ReadAll(limited)
	switch {
	case err != nil:
		return vision.Manifest{}, fmt.Errorf("modelhub: read manifest: %w", err)
	case len(data) > maxManifest:
		return bad("more than %d bytes", maxManifest)
	}
	var m vision.Manifest
	if err := unmarshalStrict(data, &m); err != nil {
		return bad("%v", err)
	}
	return m, m.Validate()
}

// ReadManifestFile reads the manifest of a user's own model from a file: see [ReadManifest] for what is accepted. In URLs a
// path without a scheme, such as "model.onnx", is a file beside the manifest, or wherever the path leads from there; it
// becomes a file URL, and [Hub.Fetch] uses such a file in place. Errors name the manifest's file.
func ReadManifestFile(name string) (vision.Manifest, error) {
	file, err := os.Open(name) //nolint:gosec // G304: the user names this file
	if err != nil {
		return vision.Manifest{}, fmt.Errorf("modelhub: manifest: %w", err)
	}
	defer closeRead(file)
	m, err := ReadManifest(file)
	if err != nil {
		return vision.Manifest{}, fmt.Errorf("%s: %w", name, err)
	}
	dir, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return vision.Manifest{}, fmt.Errorf("modelhub: manifest: %w", err)
	}
	resolve(m.Visual.File.URLs, dir)
	if m.Textual != nil {
		resolve(m.Textual.File.URLs, dir)
		resolve(m.Textual.Vocabulary.URLs, dir)
	}
	return m, nil
}

// ReadManifests reads one manifest from a file, or all files *.json of a folder in the order of their names, each as
// [ReadManifestFile] does. Two manifests with one id are an error, and so is a folder without any.
func ReadManifests(name string) ([]vision.Manifest, error) {
	names := []string{name}
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		names, err = jsonFiles(name)
	}
	if err != nil {
		return nil, fmt.Errorf("modelhub: manifests: %w", err)
	}
	var list []vision.Manifest
	for _, name := range names {
		m, err := ReadManifestFile(name)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(list, func(o vision.Manifest) bool { return o.ID == m.ID }) {
			return nil, fmt.Errorf("%s: %w", name, &vision.ModelError{Model: m.ID, Reason: "manifest: a second one with this id"})
		}
		list = append(list, m)
	}
	return list, nil
}

// jsonFiles lists the files *.json of a folder, of which there must be one.
func jsonFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".json" && !e.IsDir() {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s holds no *.json", dir)
	}
	return names, nil
}

// resolve makes file URLs of paths that are relative to dir.
func resolve(urls []string, dir string) {
	for i, raw := range urls {
		if strings.Contains(raw, "://") || isPackage(raw) {
			continue
		}
		name := filepath.FromSlash(raw)
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		urls[i] = fileURL(name)
	}
}

// unmarshalStrict decodes exactly one JSON value without unknown fields.
func unmarshalStrict(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON value")
	}
	return nil
}
