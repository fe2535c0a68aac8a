package tagging

import (
	"context"
	"fmt"
	"time"

	"github.com/soundtrack-go/sdk/vision"
)

// Tagger describes a picture. Implementations are safe for concurrent use and pass taggingtest.Run.
type Tagger interface {
	// Tag describes o without changing or keeping it. A tagger that has nothing to say returns Tags whose
	// Affect is not Known, and no error; an error means that it failed.
	Tag(ctx context.Context, o *vision.Observation) (Tags, error)
}

// Tags is what one tagger, or the fusion of several, says about a picture. Its zero value says nothing.
// Lists are sorted by falling confidence, then by name.
type Tags struct {
	Affect  Estimate // of the picture as a whole
	Moods   []Tag    // concepts of kind mood
	Objects []Tag    // objects, animals, people, activities: what is in it
	Scenes  []Tag    // scenes, weather, light, season, occasion: where and when it is
	Colours []Colour // by falling share
	Era     Era
	Caption string // at most 200 characters; empty if no tagger writes captions
	// Concepts describes the picture in the vocabulary. A tagger lists what it saw; a [Fusion] adds what it was told is likely
	// and what all that implies, and that is the vector which songs are compared with.
	Concepts ConceptVector
	// Suggested lists concepts that a tagger did not see but has reason to expect, as a forest where there are acorns. [Fuse]
	// puts them among the Concepts, but reads no care off them. Empty in the answer of a fusion.
	Suggested ConceptVector `json:",omitempty"`
	// AffectEvidence says where Affect comes from, strongest first.
	AffectEvidence []Evidence
	// Disagreement is how far apart the taggers put Affect: the weighted standard deviation between their estimates, in
	// the units of the axes. It is part of Affect.Spread; 0 if at most one of them had an estimate.
	Disagreement float64
	// Care lists what the picture shows that music must not be careless about, the surest topic first; mostly empty.
	Care []Care
	// Degraded names what was missing or failed, such as "labels: no encoder".
	Degraded []Degradation
}

// Tag is one thing seen in a picture.
type Tag struct {
	Concept    string     `json:"concept,omitempty"` // id in the vocabulary; empty if only a label is known
	Name       string     `json:"name"`              // for people
	Confidence float64    `json:"confidence"`        // 0 to 1
	Evidence   []Evidence `json:"evidence,omitempty"`
}

// Evidence is one tagger's reason for a statement, short enough to be shown to a person.
type Evidence struct {
	Tagger string  `json:"tagger"` // "labels", "scenes", "palette", "capture", "llm", …
	Detail string  `json:"detail"` // such as "seashore .62"
	Weight float64 `json:"weight"` // its share in the statement, 0 to 1
}

// Colour is one of a picture's main colours.
type Colour struct {
	Hex   string  `json:"hex"`   // "#rrggbb" in sRGB
	Name  string  `json:"name"`  // such as "dark blue"
	Share float64 `json:"share"` // of the picture's area, 0 to 1
}

// EraLabel is what can honestly be said about a picture's age.
type EraLabel string

// Era labels. Unknown is the zero value.
const (
	EraUnknown EraLabel = ""
	EraOld     EraLabel = "old"    // looks like a photograph of the first half of the 20th century or earlier
	EraModern  EraLabel = "modern" // looks like, or was taken in, the digital age
)

// String returns "old", "modern" or "unknown".
func (l EraLabel) String() string {
	if l == EraUnknown {
		return "unknown"
	}
	return string(l)
}

// Era is the age of a picture. A decade is read from capture dates only, never guessed from pixels.
type Era struct {
	Label      EraLabel
	Decade     int // such as 1990; 0 if there is no capture date
	Confidence float64
	Captured   time.Time // zero if the file does not say
	// Decades is a wide guess from the look of the picture, in the order of time: to be shown as a distribution, or not at
	// all. Shares sum to at most 1, the rest being "cannot tell". Empty if no tagger guesses decades: only CLIP and language
	// models do.
	Decades  []DecadeShare `json:",omitempty"`
	Evidence []Evidence
}

// DecadeShare is how probable a decade is.
type DecadeShare struct {
	Decade int     `json:"decade"` // its first year, such as 1950
	Share  float64 `json:"share"`  // above 0, at most 1
}

// Degradation names a part of an answer that is missing or weaker than it could be, and what would help.
type Degradation struct {
	Part   string `json:"part"`             // such as "encoder", "labels", "preview"
	Reason string `json:"reason"`           // one sentence
	Remedy string `json:"remedy,omitempty"` // the next step, if there is one
}

// String joins the fields for logs.
func (d Degradation) String() string {
	if d.Remedy == "" {
		return fmt.Sprintf("%s: %s", d.Part, d.Reason)
	}
	return fmt.Sprintf("%s: %s (%s)", d.Part, d.Reason, d.Remedy)
}
