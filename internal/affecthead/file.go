package affecthead

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// Write writes the description, with the weights' checksum filled in, and the weights. The weights are little endian:
// mean and scale of every feature (float32), then valence, then arousal: a linear axis as one float32 a column, a
// Gaussian one as step and dual weight of each picture (float32) and all pictures' columns (int8), a network as bias and
// weight of each unit and all units' columns (float32).
func (h *Head) Write(description, weights io.Writer) error {
	var raw bytes.Buffer
	for _, part := range h.parts() {
		if err := binary.Write(&raw, binary.LittleEndian, part); err != nil {
			return err
		}
	}
	d := h.Description
	sum := sha256.Sum256(raw.Bytes())
	d.Weights = Weights{Bytes: raw.Len(), Digest: hex.EncodeToString(sum[:])}
	encoder := json.NewEncoder(description)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(d); err != nil {
		return err
	}
	_, err := weights.Write(raw.Bytes())
	return err
}

// parts are the arrays of a head in the order of the file.
func (h *Head) parts() []any {
	parts := []any{h.Mean, h.Scale}
	for i := range h.Axes {
		r := &h.Axes[i]
		switch {
		case r.Weights != nil:
			parts = append(parts, r.Weights)
		case r.Hidden != nil:
			parts = append(parts, r.Bias, r.Out)
			for _, row := range r.Hidden {
				parts = append(parts, row)
			}
		default:
			parts = append(parts, r.Step, r.Dual)
			for _, row := range r.Support {
				parts = append(parts, row)
			}
		}
	}
	return parts
}

// Read reads what [Head.Write] wrote. Every error matches [ErrHead].
func Read(description, weights []byte) (*Head, error) {
	h := new(Head)
	d := &h.Description
	if err := json.Unmarshal(description, d); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHead, err)
	}
	if err := d.Validate(); err != nil {
		return nil, err
	}
	if want := d.weightBytes(); int64(len(weights)) != want {
		return nil, fmt.Errorf("%w: %d bytes of weights, want %d", ErrHead, len(weights), want)
	}
	sum := sha256.Sum256(weights)
	if hex.EncodeToString(sum[:]) != d.Weights.Digest {
		return nil, fmt.Errorf("%w: the checksum of the weights is not the description's", ErrHead)
	}
	h.allocate()
	r := bytes.NewReader(weights)
	for _, part := range h.parts() {
		if err := binary.Read(r, binary.LittleEndian, part); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrHead, err)
		}
		if values, ok := part.([]float32); ok && !finite(values) {
			return nil, fmt.Errorf("%w: a weight is not finite", ErrHead)
		}
	}
	return h, nil
}

// weightBytes is how long the weights of a valid description are.
func (d Description) weightBytes() int64 {
	size := 8 * int64(d.Dim())
	for _, a := range []Axis{d.Valence, d.Arousal} {
		columns := int64(d.columns(a))
		switch a.Kernel {
		case Linear:
			size += 4 * columns
		case Gaussian:
			size += int64(d.Data.Pictures) * (8 + columns)
		case Network:
			size += int64(a.Units) * (8 + 4*columns)
		}
	}
	return size
}

// allocate makes the arrays of the head that the description describes.
func (h *Head) allocate() {
	d := h.Description
	h.Mean, h.Scale = make([]float32, d.Dim()), make([]float32, d.Dim())
	for i, a := range []Axis{d.Valence, d.Arousal} {
		r, columns := &h.Axes[i], d.columns(a)
		switch a.Kernel {
		case Linear:
			r.Weights = make([]float32, columns)
		case Gaussian:
			r.Step, r.Dual = make([]float32, d.Data.Pictures), make([]float32, d.Data.Pictures)
			r.Support = rows[int8](d.Data.Pictures, columns)
		case Network:
			r.Bias, r.Out = make([]float32, a.Units), make([]float32, a.Units)
			r.Hidden = rows[float32](a.Units, columns)
		}
	}
}

func rows[T any](n, columns int) [][]T {
	all := make([][]T, n)
	for i := range all {
		all[i] = make([]T, columns)
	}
	return all
}

func finite(values []float32) bool {
	for _, v := range values {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return false
		}
	}
	return true
}
