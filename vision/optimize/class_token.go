package optimize

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// Report says what [ClassToken] did.
type Report struct {
	// Narrowed is how many nodes compute one token where they computed all.
	Narrowed int
	// Removed is how many nodes went because nobody reads what they made.
	Removed int
	// Difference is the largest difference between both graphs' outputs for a fixed input, in the outputs' own unit where
	// they are below 1 and relative to the largest of them where it is above.
	Difference float64
}

// Tolerance is how much a rewritten graph may differ from the original, as [Report.Difference] measures it.
const Tolerance = 1e-5

// ErrDifferent reports that a rewritten graph computes something else. It is a bug in [ClassToken] or in the backend.
var ErrDifferent = errors.New("optimize: the rewritten graph gives other results")

// ClassToken rewrites the vision graph of model so that its last layer computes only the token that the embedding is read
// from, and writes it to path. The new graph has the outputs that the manifest names and no others. The returned model has
// that file, its digest, and an id of its own with the ending "-cls", for vectors are compared only within one id; it has
// no URLs. Text tower, preprocessing and known answer stay as they are.
//
// Before anything is written, both graphs run on backend with a fixed input; if outputs differ by more than [Tolerance] the
// error matches [ErrDifferent]. A graph that is no plain export of a vision transformer gives [ErrUnrecognised], a file
// that is damaged or not the one of the digest [vision.ErrModel]. Files need about three times their size in memory.
func ClassToken(ctx context.Context, model vision.Model, backend vision.Backend, path string) (vision.Model, Report, error) {
	if err := model.Manifest.Validate(); err != nil {
		return vision.Model{}, Report{}, err
	}
	if backend == nil {
		return vision.Model{}, Report{}, errors.New("optimize: ClassToken: backend is nil")
	}
	graph, err := read(model)
	if err != nil {
		return vision.Model{}, Report{}, err
	}
	outputs := []string{model.Manifest.Visual.Output}
	for _, extra := range model.Manifest.Visual.Extra {
		outputs = append(outputs, extra.Name)
	}
	report, err := rewrite(&graph.Graph, outputs)
	if err != nil {
		return vision.Model{}, Report{}, err
	}
	graph.Metadata = append(graph.Metadata, onnxfile.KeyValue{Key: "soundtrack.rewrite", Value: "class token only"})
	written, size, err := writeBeside(path, graph)
	if err != nil {
		return vision.Model{}, Report{}, err
	}
	defer func() { _ = os.Remove(written.Path) }() // not there any more once all went well
	if report.Difference, err = compare(ctx, backend, model, written, outputs); err != nil {
		return vision.Model{}, report, err
	}
	if err := os.Rename(written.Path, path); err != nil {
		return vision.Model{}, report, fmt.Errorf("optimize: %w", err)
	}

	made := model
	made.Visual = vision.ModelFile{Path: path, SHA256: written.SHA256}
	made.Manifest.ID += "-cls"
	made.Manifest.Visual.File = vision.File{Name: filepath.Base(path), Size: size, SHA256: written.SHA256}
	return made, report, nil
}

// read loads the vision graph and holds it against its digest.
func read(model vision.Model) (*onnxfile.Model, error) {
	data, err := os.ReadFile(model.Visual.Path)
	if err != nil {
		return nil, fmt.Errorf("optimize: %w", err)
	}
	bad := func(reason string) error { return &vision.ModelError{Model: model.Manifest.ID, Reason: reason} }
	if got := digest(bytes.NewReader(data)); got != model.Visual.SHA256 {
		return nil, bad(fmt.Sprintf("file has SHA-256 %s, want %s", got, model.Visual.SHA256))
	}
	graph, err := onnxfile.Parse(data)
	if err != nil {
		return nil, bad(err.Error())
	}
	return graph, nil
}

// digest is the SHA-256 of memory.
func digest(r io.Reader) string {
	sum := sha256.New()
	_, _ = io.Copy(sum, r) // neither side can fail
	return hex.EncodeToString(sum.Sum(nil))
}

// writeBeside writes a graph into a new file in the folder of path.
func writeBeside(path string, graph *onnxfile.Model) (file vision.ModelFile, size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return file, 0, fmt.Errorf("optimize: %w", err)
	}
	sum := sha256.New()
	err = graph.Write(io.MultiWriter(f, sum))
	if err == nil {
		size, err = f.Seek(0, io.SeekCurrent)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return file, 0, errors.Join(fmt.Errorf("optimize: %w", err), os.Remove(f.Name()))
	}
	return vision.ModelFile{Path: f.Name(), SHA256: hex.EncodeToString(sum.Sum(nil))}, size, nil
}
