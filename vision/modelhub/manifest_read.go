package modelhub

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

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
