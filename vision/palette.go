package vision

import "fmt"

// Swatch is one colour of a [Palette].
type Swatch struct {
	R, G, B uint8
	Share   float64 // of the picture, 0 to 1
	Name    string  // for people, such as "dark blue"
}

// Hex is the colour in the form "#1a2b3c".
func (s Swatch) Hex() string { return fmt.Sprintf("#%02x%02x%02x", s.R, s.G, s.B) }

// Palette is what the colours of a picture say.
type Palette struct {
	Swatches   []Swatch // up to six, largest share first
	Lightness  float64  // mean CIELAB L*, 0 (black) to 100 (white)
	Chroma     float64  // mean CIELAB C*, 0 (grey) to about 134
	Contrast   float64  // standard deviation of L*, 0 to 50
	Heat       float64  // Ou et al. 2004, about −2 (cold) to 2 (hot)
	Weight     float64  // Ou et al. 2004, about −2 (light) to 3 (heavy)
	Activity   float64  // Ou et al. 2004, about −2 (passive) to 4 (active)
	Warm       float64  // share of the chromatic area with a warm hue, 0 to 1; 0.5 where nothing is chromatic
	Monochrome float64  // share of the picture that is close to grey, 0 to 1
}

// NewPalette computes the palette of a picture.
func NewPalette(pic *Picture) Palette { panic("not yet") }
