package vision

import "image"

// Preprocessor turns pictures into network inputs.
type Preprocessor struct{ p Preprocess }

// NewPreprocessor checks the recipe and prepares tables.
func NewPreprocessor(p Preprocess) (*Preprocessor, error) { panic("not yet") }

// Len is the number of floats that Preprocess writes: 3·Size·Size.
func (p *Preprocessor) Len() int { return 3 * p.p.Size * p.p.Size }

// Preprocess writes the network input of pic into dst: [3, Size, Size], CHW.
func (p *Preprocessor) Preprocess(dst []float32, pic *Picture) error { panic("not yet") }

// Crop is what the network is shown, before the float step: Size × Size, opaque.
func (p *Preprocessor) Crop(pic *Picture) (*image.RGBA, error) { panic("not yet") }
