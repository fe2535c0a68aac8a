package vision

import "math"

// ColourFamilies lists the values of [Swatch.Family].
func ColourFamilies() []string {
	return []string{
		"black", "grey", "white", "red", "brown", "orange", "yellow", "green", "teal", "blue", "purple", "pink",
	}
}

// namedColour is an entry of the table of colour names: a place in OKLCh.
type namedColour struct {
	name, family           string
	lightness, chroma, hue float64 // 0 to 1, 0 to about 0.3, degrees
}

// colourName returns the name and the family of the nearest entry of the table.
func colourName(p point) (name, family string) {
	best := math.Inf(1)
	for i := range namedColours {
		n := &namedColours[i]
		sin, cos := math.Sincos(n.hue * math.Pi / 180)
		if d := p.squared(pointOf(n.lightness, n.chroma*cos, n.chroma*sin)); d < best {
			best, name, family = d, n.name, n.family
		}
	}
	return name, family
}

// namedColours is ours: places in OKLCh that look like their names, dense enough that the nearest one is never a surprise.
// It is never written to.
var namedColours = [...]namedColour{
	{"black", "black", 0.15, 0.000, 0},
	{"dark grey", "grey", 0.40, 0.000, 0},
	{"grey", "grey", 0.60, 0.000, 0},
	{"light grey", "grey", 0.81, 0.000, 0},
	{"white", "white", 0.99, 0.000, 0},
	{"dark warm grey", "grey", 0.43, 0.016, 64},
	{"warm grey", "grey", 0.62, 0.020, 70},
	{"light warm grey", "grey", 0.82, 0.021, 75},
	{"dark cool grey", "grey", 0.42, 0.018, 245},
	{"cool grey", "grey", 0.62, 0.021, 243},
	{"light cool grey", "grey", 0.82, 0.019, 243},
	{"cream", "white", 0.94, 0.028, 87},
	{"cool white", "white", 0.95, 0.013, 244},
	{"dark red", "red", 0.38, 0.138, 26},
	{"very dark red", "red", 0.25, 0.081, 23},
	{"red", "red", 0.56, 0.209, 26},
	{"bright red", "red", 0.64, 0.242, 29},
	{"coral", "red", 0.70, 0.164, 30},
	{"dusty red", "red", 0.56, 0.099, 26},
	{"burgundy", "red", 0.34, 0.113, 2},
	{"very dark brown", "brown", 0.24, 0.028, 54},
	{"dark brown", "brown", 0.33, 0.042, 58},
	{"brown", "brown", 0.47, 0.078, 57},
	{"reddish brown", "brown", 0.42, 0.080, 38},
	{"light brown", "brown", 0.64, 0.071, 67},
	{"tan", "brown", 0.74, 0.067, 72},
	{"beige", "brown", 0.84, 0.048, 81},
	{"red orange", "orange", 0.66, 0.196, 39},
	{"dark orange", "orange", 0.57, 0.146, 50},
	{"orange", "orange", 0.72, 0.172, 54},
	{"light orange", "orange", 0.81, 0.121, 64},
	{"peach", "orange", 0.89, 0.064, 62},
	{"mustard", "yellow", 0.66, 0.126, 87},
	{"gold", "yellow", 0.77, 0.144, 86},
	{"yellow", "yellow", 0.88, 0.172, 97},
	{"light yellow", "yellow", 0.93, 0.108, 100},
	{"olive", "green", 0.51, 0.086, 108},
	{"dark olive", "green", 0.35, 0.049, 112},
	{"light olive", "green", 0.71, 0.086, 108},
	{"very dark green", "green", 0.24, 0.046, 150},
	{"dark green", "green", 0.37, 0.079, 148},
	{"green", "green", 0.58, 0.150, 146},
	{"bright green", "green", 0.77, 0.222, 144},
	{"light green", "green", 0.80, 0.115, 142},
	{"pale green", "green", 0.91, 0.046, 137},
	{"yellow green", "green", 0.77, 0.176, 125},
	{"grey green", "green", 0.62, 0.040, 143},
	{"dark grey green", "green", 0.44, 0.029, 147},
	{"very dark teal", "teal", 0.26, 0.037, 204},
	{"dark teal", "teal", 0.38, 0.058, 202},
	{"teal", "teal", 0.57, 0.092, 199},
	{"turquoise", "teal", 0.77, 0.117, 189},
	{"pale turquoise", "teal", 0.90, 0.042, 191},
	{"grey teal", "teal", 0.63, 0.040, 203},
	{"very dark blue", "blue", 0.21, 0.068, 268},
	{"dark blue", "blue", 0.31, 0.120, 266},
	{"blue", "blue", 0.50, 0.186, 263},
	{"bright blue", "blue", 0.61, 0.197, 259},
	{"sky blue", "blue", 0.78, 0.098, 236},
	{"light blue", "blue", 0.82, 0.069, 249},
	{"pale blue", "blue", 0.91, 0.030, 248},
	{"grey blue", "blue", 0.56, 0.049, 252},
	{"dark grey blue", "blue", 0.39, 0.046, 254},
	{"very dark purple", "purple", 0.22, 0.061, 306},
	{"dark purple", "purple", 0.30, 0.103, 308},
	{"purple", "purple", 0.48, 0.175, 310},
	{"violet", "purple", 0.50, 0.211, 285},
	{"lavender", "purple", 0.74, 0.089, 301},
	{"pale lavender", "purple", 0.88, 0.044, 303},
	{"dusty purple", "purple", 0.54, 0.055, 317},
	{"dark dusty purple", "purple", 0.38, 0.045, 314},
	{"magenta", "pink", 0.59, 0.238, 340},
	{"dark pink", "pink", 0.57, 0.178, 359},
	{"pink", "pink", 0.74, 0.145, 356},
	{"light pink", "pink", 0.85, 0.074, 356},
	{"pale pink", "pink", 0.93, 0.028, 4},
	{"dusty pink", "pink", 0.74, 0.055, 10},
}
