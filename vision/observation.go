package vision

// Observation is what the vision package knows about one picture: the input of every tagger.
// It is read-only once made and may be shared.
type Observation struct {
	Picture *Picture
	Palette Palette
	// Encoding is nil if no encoder ran.
	Encoding *Encoding
}
