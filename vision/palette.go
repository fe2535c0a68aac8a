package vision

import (
	"fmt"
	"math"

	"github.com/lucasb-eyer/go-colorful"
)

// Swatch is one colour of a [Palette].
type Swatch struct {
	R, G, B uint8
	// Share of the picture that this colour stands for, in (0, 1]. The shares of a palette sum to 1.
	Share float64
	// Name is for people: one of about eighty, such as "dark blue", "warm grey" or "peach".
	Name string
	// Family is the basic colour that Name belongs to, one of [ColourFamilies].
	Family string
}

// Hex is the colour in the form "#1a2b3c".
func (s Swatch) Hex() string { return fmt.Sprintf("#%02x%02x%02x", s.R, s.G, s.B) }

// Palette is what the colours of a picture say, read off at most 32 × 32 area averages. It is a value without pointers to
// the picture; Swatches is read-only by convention.
//
// Colour alone says little about mood (r = .08 with rated valence, .31 with arousal): use a palette to explain, to draw and
// to break ties. Lightness, chroma and hue are those of CIELAB under D65.
type Palette struct {
	Swatches []Swatch // one to six, largest share first

	Lightness float64 // mean L*, 0 (black) to 100 (white)
	Chroma    float64 // mean C*, 0 (grey) to about 130
	A, B      float64 // mean a* (green to red) and b* (blue to yellow), about −100 to 100
	Contrast  float64 // standard deviation of L*, 0 to 50

	// Heat, Weight and Activity are the colour-emotion scales of Ou et al. 2004 ("A study of colour emotion and colour
	// preference. Part I", Color Research & Application 29), averaged over the picture. They are about −2 to 3: cool to
	// warm, light to heavy, passive to active.
	Heat, Weight, Activity float64

	// Warm is the share of warm hues, those within 90° of 50° (orange), in the chromatic part of the picture: 0 to 1, and
	// 0.5 where nothing is chromatic.
	Warm float64
	// Monochrome is the share of the picture that is close to grey, C* below 8: 0 to 1.
	Monochrome float64
}

// greyChroma is the C* below which a colour counts as grey.
const greyChroma = 8

// NewPalette computes the palette of a picture. It is deterministic: the same pixels give the same palette, and their
// orientation hardly matters. It reads at most six rows of each 32nd of the picture and takes a few milliseconds. A nil
// picture gives the zero Palette.
func NewPalette(pic *Picture) Palette {
	if pic == nil {
		return Palette{}
	}
	samples := samplePicture(pic)
	p := Palette{Swatches: swatches(samples)}

	n := float64(len(samples))
	lightness := make([]float64, len(samples))
	var warm, chromatic, grey float64
	for i, s := range samples {
		l, a, b := colorful.XyzToLab(s[0], s[1], s[2])
		l, a, b = 100*l, 100*a, 100*b
		c := math.Hypot(a, b)
		heat, weight, activity := ouScales(l, a, b)
		p.Lightness += l
		p.Chroma += c
		p.A += a
		p.B += b
		p.Heat += heat
		p.Weight += weight
		p.Activity += activity
		lightness[i] = l
		if c < greyChroma {
			grey++
			continue
		}
		chromatic++
		if hueCosine(a, b, c, 50) > 0 {
			warm++
		}
	}
	for _, mean := range []*float64{&p.Lightness, &p.Chroma, &p.A, &p.B, &p.Heat, &p.Weight, &p.Activity} {
		*mean /= n
	}
	squares := 0.0
	for _, l := range lightness {
		squares += (l - p.Lightness) * (l - p.Lightness)
	}
	p.Contrast = math.Sqrt(squares / n)
	p.Monochrome = grey / n
	p.Warm = 0.5
	if chromatic > 0 {
		p.Warm = warm / chromatic
	}
	return p
}

// ouScales computes the scales of Ou et al. 2004 for one colour of CIELAB:
//
//	heat     = −0.5 + 0.02·C^1.07·cos(h − 50°)
//	weight   = −1.8 + 0.04·(100 − L) + 0.45·cos(h − 100°)
//	activity = −2.1 + 0.06·√((L − 50)² + (a − 3)² + ((b − 17)/1.4)²)
//
// A grey has no hue, so weight's last term fades in between C = 0 and C = 5.
func ouScales(l, a, b float64) (heat, weight, activity float64) {
	c := math.Hypot(a, b)
	heat = -0.5 + 0.02*math.Pow(c, 1.07)*hueCosine(a, b, c, 50)
	weight = -1.8 + 0.04*(100-l) + 0.45*hueCosine(a, b, c, 100)*min(c/5, 1)
	db := (b - 17) / 1.4
	activity = -2.1 + 0.06*math.Sqrt((l-50)*(l-50)+(a-3)*(a-3)+db*db)
	return heat, weight, activity
}

// hueCosine is cos(h − degrees) for the hue of (a, b), whose length is c; 0 for a grey.
func hueCosine(a, b, c, degrees float64) float64 {
	if c == 0 {
		return 0
	}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return (a*cos + b*sin) / c
}

// xyz is a colour in CIE 1931, from which both CIELAB and OKLab follow.
type xyz [3]float64

// xyzOf makes a colour of mean 8-bit sRGB samples.
func xyzOf(r, g, b float64) xyz {
	x, y, z := colorful.Color{R: r / 255, G: g / 255, B: b / 255}.Xyz()
	return xyz{x, y, z}
}
