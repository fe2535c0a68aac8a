package soundtrack

import (
	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// Recommendation is the answer to a [Request]. It belongs to the caller.
type Recommendation struct {
	// RequestID names this answer in logs and feedback: 26 characters, unique, sortable by time.
	RequestID string
	// Encoder says which model understood the picture and why that one.
	Encoder EncoderChoice
	// Analysis is what was seen. Hand it back in [Request.Analysis] to turn dials without a picture.
	Analysis Analysis
	// Picks are the songs, best first. Fewer than asked for if the filters leave fewer.
	Picks []match.Pick
	// Care says whether the picture is heavy, so that nothing should start to play by itself, and which songs are held back
	// for it.
	Care match.Care
	// Degraded names what was missing or weaker than it could be; empty if nothing was.
	Degraded []tagging.Degradation
}

// EncoderChoice says which encoder is in use, what runs it, and why both.
type EncoderChoice struct {
	ID string // preset or manifest id, such as "clip-vit-b32-laion", "compact" or "palette"
	// Backend executes the model, such as "pure Go (avx2)" or "ONNX Runtime 1.32.0", on Device, such as "CPU" or "CUDA".
	// Both are empty for the palette, and for an encoder of the program's own that does not say.
	Backend, Device string
	Reason          string // one sentence
}

// Analysis is what was seen in a picture, without the picture. It can be kept, and sent away and back with
// [Analysis.MarshalBinary].
type Analysis struct {
	Tags    tagging.Tags
	Palette vision.Palette
	// Width and Height are those of the upright picture, in pixels.
	Width, Height int
	// Embedding is the encoder's unit vector; empty if no encoder ran.
	Embedding []float32
	// Space names what Embedding may be compared with; see [vision.ModelInfo.Space].
	Space string
}
